/* base64.h: bytes as text (RFC 4648). */
#ifndef NC_BASE64_H
#define NC_BASE64_H

#include <stdio.h>

void nc_put_base64(FILE *to, const void *bytes, size_t size);

/* The bytes that a text stands for go to to[length / 4 * 3]. Returns how many; -1: it is no base64. */
long long nc_take_base64(const char *text, size_t length, unsigned char *to);

#endif
