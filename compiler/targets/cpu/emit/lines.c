/* Lines of a width that can be read. */
#include <string.h>

#include "targets/cpu/emit/frame.h"

enum { LINE_WIDTH = 120 };

/* The bytes of `text` as far as the first comma outside of strings, and the comma. */
static size_t piece(const char *text)
{
    bool quoted = false;
    size_t i = 0;
    for (; text[i] && (quoted || text[i] != ','); i++) {
        if (text[i] == '"')
            quoted = !quoted;
        else if (quoted && text[i] == '\\' && text[i + 1])
            i++;
    }
    return i + (text[i] == ',');
}

/* The width of a piece, without the line's end. */
static size_t piece_width(const char *text, size_t length)
{
    return length && text[length - 1] == '\n' ? length - 1 : length;
}

void add_wrapped(Frame *f, const char *text, const char *indent, int rest)
{
    size_t at = strlen(indent);
    bool begun = false;
    text_add(&f->text, indent);
    while (*text) {
        size_t length = piece(text);
        if (begun && at + piece_width(text, length) > LINE_WIDTH) {
            text += *text == ' ';
            length = piece(text);
            text_add(&f->text, "\n");
            text_pad(&f->text, ' ', rest);
            at = (size_t)rest;
        }
        text_add_bytes(&f->text, text, length);
        at += length;
        text += length;
        begun = true;
    }
}

void add_call(Frame *f, const char *call, const char *indent)
{
    add_wrapped(f, call, indent, (int)strlen(indent) + 4);
}
