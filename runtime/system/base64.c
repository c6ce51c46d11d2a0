#include "system/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void nc_put_base64(FILE *to, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    for (size_t i = 0; i < size; i += 3) {
        unsigned bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (i + k < size ? from[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            fputc(i + k > size ? '=' : digits[bits >> (18 - 6 * k) & 63], to);
    }
}

long long nc_take_base64(const char *text, size_t length, unsigned char *to)
{
    unsigned bits = 0;
    long long bytes = 0;
    for (size_t i = 0; i < length; i++) {
        const char *digit = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
        const int padding = text[i] == '=' && i + 2 >= length;
        if ((digit == NULL && !padding) || length % 4 != 0)
            return -1;
        bits = bits << 6 | (digit != NULL ? (unsigned)(digit - digits) : 0);
        if (i % 4 == 3)
            for (int k = 0; k < 3; k++)
                to[bytes++] = (unsigned char)(bits >> (16 - 8 * k));
    }
    if (length > 0)
        bytes -= (text[length - 1] == '=') + (text[length - 2] == '=');
    return bytes;
}
