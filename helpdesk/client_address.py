"""Which address a request comes from, behind as many proxies as TRUSTED_PROXIES counts."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# A unix socket, a header that is missing or odd: nothing that could be limited or shown.
UNKNOWN = ""
# A home or an office has a whole /64 of IPv6 to choose from.
IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
    """The address of the browser, in its shortest spelling, or UNKNOWN. It never fails."""
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return _readable(request.META.get("REMOTE_ADDR", ""))
    # Each proxy adds whom it heard from at the end; what stands before that, anybody can write.
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _readable(hops[-proxies].strip()) if len(hops) >= proxies else UNKNOWN


def network_of(address: str) -> str:
    """What is limited together: an IPv4 address alone, or all of an IPv6 network."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))


def _readable(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        # ::ffff:192.0.2.7 is 192.0.2.7; a zone (fe80::1%eth0) means something to its machine alone.
        return str(address.ipv4_mapped or ipaddress.IPv6Address(int(address)))
    return str(address)
