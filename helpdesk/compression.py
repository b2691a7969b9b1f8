"""Compresses pages if no other site can measure their length."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

# Requests of the desk's own pages or of the address bar. Another site could make a user's browser
# send searches and learn from an answer's compressed length.
OWN = {"same-origin", "none"}


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages and fragments with Django's random padding, but never streamed answers."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        patch_vary_headers(response, ["Accept-Encoding", "Sec-Fetch-Site"])
        if request.headers.get("Sec-Fetch-Site") not in OWN:
            return response
        return super().process_response(request, response)
