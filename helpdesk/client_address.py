"""Finds the client address of a request behind TRUSTED_PROXIES proxies."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

# A unix socket, or a missing or invalid header: an address that cannot be limited.
UNKNOWN = ""
# A home or an office usually has a whole /64 of IPv6.
IPV6_PREFIX = 64


def client_address(request: HttpRequest) -> str:
    """Returns the browser's address in its shortest form, or UNKNOWN. Never fails."""
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return _readable(request.META.get("REMOTE_ADDR", ""))
    # Each proxy appends the address of its client. Anybody can forge the part before that.
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return _readable(hops[-proxies].strip()) if len(hops) >= proxies else UNKNOWN


def network_of(address: str) -> str:
    """Returns the unit of the limits: one IPv4 address, or a whole IPv6 network."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address, IPV6_PREFIX), strict=False))


def _readable(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        # ::ffff:192.0.2.7 is 192.0.2.7. A zone (fe80::1%eth0) has a meaning only on its own
        # machine.
        return str(address.ipv4_mapped or ipaddress.IPv6Address(int(address)))
    return str(address)
