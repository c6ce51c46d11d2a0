/* Conversions to RGB. */
#include <string.h>

#include "formats.h"

/* a * b / 255, rounded. */
static int scaled(int a, int b)
{
    int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
}

/* c = (255 - k) - c * (255 - k) / 255, which is never below 0 (PIL's Convert.c) */
void nc_image_cmyk(const unsigned char *cmyk, unsigned char *rgb, long long count)
{
    for (long long i = 0; i < count; i++, cmyk += 4, rgb += 3) {
        int white = 255 - cmyk[3];
        for (int c = 0; c < 3; c++)
            rgb[c] = (unsigned char)(white - scaled(cmyk[c], white));
    }
}

void nc_image_spread_greys(unsigned char *row, long long count)
{
    while (count-- > 0)
        memset(row + 3 * count, row[count], 3);
}

void nc_image_drop_fourth(const unsigned char *pixels, unsigned char *rgb, long long count)
{
    for (long long i = 0; i < count; i++)
        memcpy(rgb + 3 * i, pixels + 4 * i, 3);
}
