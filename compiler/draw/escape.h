/* Texts within pictures. */
#ifndef NETC_DRAW_ESCAPE_H
#define NETC_DRAW_ESCAPE_H

#include "base/text.h"

/* What stands for a character that a picture cannot hold: U+FFFD. */
#define REPLACEMENT "\xef\xbf\xbd"

/* Appends a text as XML and HTML have it, between tags and in quoted attributes. */
void text_add_xml(Text *out, const char *text);

#endif
