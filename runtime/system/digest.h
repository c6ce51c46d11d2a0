/* digest.h: FNV-1a of 64 bits, which tells bytes from others where nobody means to deceive. */
#ifndef NETC_DIGEST_H
#define NETC_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define NC_NO_BYTES 0xcbf29ce484222325u /* the digest of none */

/* The digest of what `digest` is of, and of so many bytes behind it. */
static inline uint64_t nc_digest(uint64_t digest, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
    return digest;
}

#endif
