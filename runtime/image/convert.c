/* PIL's conversions to RGB (its Convert.c). */
#include "formats.h"

/* a * b / 255, rounded. */
static int scaled(int a, int b)
{
    int product = a * b + 128;
    return ((product >> 8) + product) >> 8;
}

/* c = (255 - k) - c * (255 - k) / 255, which is never below 0 */
void nc_image_cmyk(const unsigned char *cmyk, unsigned char *rgb, long long count)
{
    for (long long i = 0; i < count; i++, cmyk += 4, rgb += 3) {
        int white = 255 - cmyk[3];
        for (int c = 0; c < 3; c++)
            rgb[c] = (unsigned char)(white - scaled(cmyk[c], white));
    }
}
