// CRC-32C (RFC 9260 appendix B): SSE4.2 where the processor has it, a table elsewhere.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Goes on from `crc` (0 to begin) over `count` bytes.
uint32_t holdfast_crc32c(uint32_t crc, const void *bytes, size_t count);
