/* text.h: words in a picture, in letters of one size. */
#ifndef NC_IMAGE_TEXT_H
#define NC_IMAGE_TEXT_H

#include "image.h"

enum { NC_LETTER_WIDTH = 6, NC_LETTER_HEIGHT = 13 };

/* Writes `text`, UTF-8, with its upper left corner there, each pixel of a letter as `ink` in all channels. It takes
 * `cells` letters at most: what is longer ends in "..". A character that the font lacks is a box; a wide one is as wide
 * as two letters. What would be outside the picture is left out. */
void nc_image_text(struct nc_image *image, int left, int top, int cells, const char *text, unsigned char ink);

#endif
