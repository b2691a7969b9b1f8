"""Pages travel compressed, where nobody else can measure their length."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Asked for by the desk's own pages, or by the address bar. Another site that has our user's browser
# ask for searches could otherwise read from an answer's length what stands beside its own words.
OWN = {"same-origin", "none"}


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages and fragments, with Django's random padding; never what is streamed."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_page = response.get("Content-Type", "").startswith("text/html")
        is_own = request.headers.get("Sec-Fetch-Site") in OWN
        if response.streaming or not is_page or not is_own:
            return response
        return super().process_response(request, response)
