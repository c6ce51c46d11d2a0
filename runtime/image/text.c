#include "text.h"

#include "font.h"
#include "system/cells.h"

static void put_pixel(struct nc_image *image, int x, int y, unsigned char ink)
{
    if (x < 0 || y < 0 || x >= image->width || y >= image->height)
        return;
    for (int c = 0; c < image->channels; c++)
        image->bytes[((long long)y * image->width + x) * image->channels + c] = ink;
}

/* The rows of a character; NULL: the font lacks it. */
static const unsigned char *letter(uint32_t code)
{
    if (code >= 0x20 && code < 0x7f)
        return nc_font[0][code - 0x20];
    return code >= 0xa0 && code <= 0xff ? nc_font[1][code - 0xa0] : NULL;
}

static void put_letter(struct nc_image *image, int left, int top, const unsigned char *rows, unsigned char ink)
{
    for (int y = 0; y < NC_LETTER_HEIGHT; y++)
        for (int x = 0; x < NC_LETTER_WIDTH; x++)
            if (rows[y] & 0x80 >> x)
                put_pixel(image, left + x, top + y, ink);
}

/* The outline of a capital letter. */
static void put_box(struct nc_image *image, int left, int top, int width, unsigned char ink)
{
    enum { ABOVE = 2, BELOW = NC_LETTER_HEIGHT - 3 };
    for (int x = 0; x < width - 1; x++) {
        put_pixel(image, left + x, top + ABOVE, ink);
        put_pixel(image, left + x, top + BELOW, ink);
    }
    for (int y = ABOVE; y <= BELOW; y++) {
        put_pixel(image, left, top + y, ink);
        put_pixel(image, left + width - 2, top + y, ink);
    }
}

/* Puts the characters that fit into `cells`; the cells that are left. */
static int put_text(struct nc_image *image, int left, int top, int cells, const char *text, unsigned char ink)
{
    while (*text != '\0') {
        const uint32_t code = nc_character(&text);
        const int wide = nc_character_cells(code);
        if (wide == 0) /* an accent over the letter before it */
            continue;
        if (wide > cells)
            break;
        if (letter(code) != NULL)
            put_letter(image, left, top, letter(code), ink);
        else
            put_box(image, left, top, wide * NC_LETTER_WIDTH, ink);
        left += wide * NC_LETTER_WIDTH;
        cells -= wide;
    }
    return cells;
}

void nc_image_text(struct nc_image *image, int left, int top, int cells, const char *text, unsigned char ink)
{
    static const char end[] = "..";
    const int ended = (int)sizeof end - 1;
    if (nc_text_cells(text) <= cells) {
        put_text(image, left, top, cells, text, ink);
        return;
    }
    const int whole = cells > ended ? cells - ended : 0;
    const int rest = put_text(image, left, top, whole, text, ink);
    put_text(image, left + (whole - rest) * NC_LETTER_WIDTH, top, cells - whole + rest, end, ink);
}
