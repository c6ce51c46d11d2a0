#include "draw/escape.h"

void text_add_xml(Text *out, const char *text)
{
    for (const char *at = text; *at; at++) {
        switch (*at) {
        case '&': text_add(out, "&amp;"); break;
        case '<': text_add(out, "&lt;"); break;
        case '>': text_add(out, "&gt;"); break;
        case '"': text_add(out, "&quot;"); break;
        case '\'': text_add(out, "&#39;"); break;
        default:
            if ((unsigned char)*at < ' ' || *at == 0x7f)
                text_add(out, REPLACEMENT);
            else
                text_add_bytes(out, at, 1);
        }
    }
}
