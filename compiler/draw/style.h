/* What the SVG pictures share: their head with the colours, texts and rectangles. */
#ifndef NETC_DRAW_STYLE_H
#define NETC_DRAW_STYLE_H

#include "base/text.h"

/* The opening tag with the title and the style sheet; pixels. */
void svg_begin(Text *out, double width, double height, const char *title);

/* A text whose base line begins at x, y; `style`: classes. */
void svg_text(Text *out, const char *style, double x, double y, const char *text);
void svg_rect(Text *out, const char *style, double x, double y, double width, double height, double round);

#endif
