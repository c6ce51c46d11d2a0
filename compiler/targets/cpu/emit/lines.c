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

/* The bytes of a piece as far as its first parenthesis outside of strings, and that; 0: it has none. */
static size_t opening(const char *text, size_t length)
{
    const size_t before = strcspn(text, "(\"");
    return before < length && text[before] == '(' ? before + 1 : 0;
}

void add_wrapped(Frame *f, const char *text, const char *indent, int rest)
{
    size_t at = strlen(indent);
    bool begun = false;
    text_add(&f->text, indent);
    while (*text) {
        size_t length = piece(text);
        if (!begun && at + piece_width(text, length) > LINE_WIDTH && opening(text, length)) {
            length = opening(text, length); /* a call whose first argument is long */
            text_add_bytes(&f->text, text, length);
            text += length;
            text_add(&f->text, "\n");
            text_pad(&f->text, ' ', rest);
            at = (size_t)rest;
            continue;
        }
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
    if (f->places) { /* it is not known yet how long it gets */
        text_printf(&f->text, "%s%s", indent, call);
        return;
    }
    add_wrapped(f, call, indent, (int)strlen(indent) + 4);
}

/* Where a line that is too wide is broken: behind the last comma that fits, or before the last +; 0: nowhere. */
static size_t break_of(const char *line, size_t length)
{
    size_t comma = 0, sign = 0;
    for (size_t i = strspn(line, " ") + 1; i < length && i < LINE_WIDTH; i++) {
        if (line[i - 1] == ',' && line[i] == ' ')
            comma = i;
        else if (line[i] == ' ' && line[i + 1] == '+' && line[i + 2] == ' ')
            sign = i;
    }
    return comma ? comma : sign;
}

void add_code(Frame *f, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n"), at;
        const int rest = (int)strspn(text, " ") + 4;
        int indent = 0;
        for (; indent + length > LINE_WIDTH && (at = break_of(text, length)); indent = rest) {
            text_pad(&f->text, ' ', indent);
            text_add_bytes(&f->text, text, at);
            text_add(&f->text, "\n");
            text += at + 1, length -= at + 1;
        }
        text_pad(&f->text, ' ', indent);
        text_add_bytes(&f->text, text, length);
        text_add(&f->text, "\n");
        text += length + (text[length] == '\n');
    }
}

void add_comment(Frame *f, const char *text)
{
    const char *before = "/* ";
    while (*text) {
        size_t length = strcspn(text, "\n"), at = length;
        const size_t width = LINE_WIDTH - strlen("/* ") - strlen(" */");
        while (at > width) {
            size_t space = at - 1;
            while (space > 0 && text[space] != ' ')
                space--;
            if (!space)
                break;
            at = space;
        }
        text_add(&f->text, before);
        size_t end = at;
        while (end && text[end - 1] == ' ')
            end--;
        text_add_bytes(&f->text, text, end);
        text += at;
        const bool broken = *text == ' ';
        text += strspn(text, broken ? " " : "\n");
        text_add(&f->text, *text ? "\n" : " */\n");
        before = broken ? " *     " : " * ";
    }
}
