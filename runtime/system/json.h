/* json.h: text as JSON has it (RFC 8259). */
#ifndef NC_JSON_H
#define NC_JSON_H

#include <stdio.h>

/* Writes a text between quotes. Bytes that are no UTF-8 become U+FFFD, since JSON has no other text. */
void nc_json_text(FILE *to, const char *text);

#endif
