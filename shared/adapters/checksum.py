"""CRC-32C (Castagnoli), the checksum of Google's APIs, for values of at most 64 KiB."""


def _row(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
    return value


_ROWS = tuple(_row(value) for value in range(256))


def crc32c(data: bytes) -> int:
    """The checksum as RFC 3720, B.4, shows it."""
    found = 0xFFFFFFFF
    for byte in data:
        found = found >> 8 ^ _ROWS[(found ^ byte) & 0xFF]
    return found ^ 0xFFFFFFFF
