#include "system/printable.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "system/characters.h"

/* ---- Characters -------------------------------------------------------------------------------------------------- */

/* Control characters, what Unicode calls bidirectional controls, and its separators of lines and paragraphs. */
static int is_obeyed(uint32_t code)
{
    return (code < 0x20 && code != '\t') || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e ||
           code == 0x200f || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

size_t nc_harmless(const char *text, size_t length)
{
    uint32_t code;
    size_t bytes = nc_utf8(text, length, &code);
    return bytes > 0 && !is_obeyed(code) ? bytes : 0;
}

/* What stands for the harmful character that `text` begins with; its bytes in *taken. */
static int escape_one(char escape[8], const char *text, size_t length, size_t *taken)
{
    uint32_t code;
    size_t bytes = nc_utf8(text, length, &code);
    *taken = bytes > 0 ? bytes : 1;
    if (bytes == 0 || (bytes == 1 && code != '\n' && code != '\r'))
        return snprintf(escape, 8, "\\x%02x", (unsigned)(unsigned char)text[0]);
    if (bytes == 1)
        return snprintf(escape, 8, code == '\n' ? "\\n" : "\\r");
    return snprintf(escape, 8, "\\u%04x", (unsigned)(code & 0xffff)); /* none of them needs more digits */
}

size_t nc_printable(char *to, const char *text, size_t length)
{
    size_t written = 0;
    for (size_t at = 0; at < length;) {
        char escape[8];
        size_t taken = nc_harmless(text + at, length - at), bytes = taken;
        const char *from = text + at;
        if (taken == 0) {
            bytes = (size_t)escape_one(escape, text + at, length - at, &taken);
            from = escape;
        }
        if (to != NULL)
            memcpy(to + written, from, bytes);
        written += bytes;
        at += taken;
    }
    return written;
}

/* ---- Formats ----------------------------------------------------------------------------------------------------- */

/* A conversion of a format, its widths put in. */
struct conversion {
    char text[48];      /* "%-12lld" */
    int left;           /* - */
    int width;          /* 0: none */
    long long precision; /* -1: none */
    char size[3];       /* "", "l", "ll", ... */
    char kind;          /* d, s, ... */
};

static void pad(FILE *to, long long count)
{
    while (count-- > 0)
        putc(' ', to);
}

/* Piece by piece, without memory: it may be the lack of it that is told. */
static void print_text(FILE *to, const struct conversion *c, const char *text)
{
    if (text == NULL)
        text = "(null)";
    size_t length = c->precision >= 0 ? strnlen(text, (size_t)c->precision) : strlen(text);
    long long capacity = c->width - (long long)nc_printable(NULL, text, length);
    pad(to, c->left ? 0 : capacity);
    for (size_t at = 0; at < length;) {
        char escape[8];
        size_t taken = nc_harmless(text + at, length - at);
        if (taken > 0)
            fwrite(text + at, 1, taken, to);
        else
            fwrite(escape, 1, (size_t)escape_one(escape, text + at, length - at, &taken), to);
        at += taken;
    }
    pad(to, c->left ? capacity : 0);
}

/* A number, or the `*` whose value comes as an argument. */
static const char *number(const char *format, va_list *list, long long *value)
{
    if (*format == '*') {
        *value = va_arg(*list, int);
        return format + 1;
    }
    for (*value = 0; *format >= '0' && *format <= '9'; format++)
        *value = *value < 100000 ? 10 * *value + *format - '0' : *value;
    return format;
}

/* Reads the conversion behind a `%`; returns what follows it. */
static const char *parse(const char *format, va_list *list, struct conversion *c)
{
    char flags[8] = "";
    long long width;
    size_t count = strspn(format, "-+ #0");
    memcpy(flags, format, count < sizeof flags ? count : sizeof flags - 1);
    format = number(format + count, list, &width);
    c->left = memchr(flags, '-', sizeof flags) != NULL || width < 0;
    c->width = (int)(width < 0 ? -width : width);
    c->precision = -1;
    if (*format == '.')
        format = number(format + 1, list, &c->precision);
    c->size[0] = '\0';
    for (size_t i = 0; i < 2 && *format != '\0' && strchr("hljzt", *format) != NULL; i++) {
        c->size[i] = *format++;
        c->size[i + 1] = '\0';
    }
    c->kind = *format;
    int length = snprintf(c->text, sizeof c->text, "%%%s%s", flags, width < 0 ? "-" : "");
    if (c->width > 0)
        length += snprintf(c->text + length, sizeof c->text - (size_t)length, "%d", c->width);
    if (c->precision >= 0)
        length += snprintf(c->text + length, sizeof c->text - (size_t)length, ".%lld", c->precision);
    snprintf(c->text + length, sizeof c->text - (size_t)length, "%s%c", c->size, c->kind);
    return *format != '\0' ? format + 1 : format;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral" /* the pieces are those of a format that was looked at */

static void print_integer(FILE *to, const struct conversion *c, va_list *list)
{
    if (strcmp(c->size, "ll") == 0)
        fprintf(to, c->text, va_arg(*list, long long));
    else if (strcmp(c->size, "l") == 0)
        fprintf(to, c->text, va_arg(*list, long));
    else if (strcmp(c->size, "j") == 0)
        fprintf(to, c->text, va_arg(*list, intmax_t));
    else if (strcmp(c->size, "z") == 0)
        fprintf(to, c->text, va_arg(*list, size_t));
    else if (strcmp(c->size, "t") == 0)
        fprintf(to, c->text, va_arg(*list, ptrdiff_t));
    else
        fprintf(to, c->text, va_arg(*list, int));
}

void nc_vprint(FILE *to, const char *format, va_list arguments)
{
    va_list list;
    va_copy(list, arguments);
    while (*format != '\0') {
        struct conversion c;
        size_t plain = strcspn(format, "%");
        fwrite(format, 1, plain, to);
        format += plain;
        if (*format == '\0')
            break;
        format = parse(format + 1, &list, &c);
        if (c.kind == '%')
            putc('%', to);
        else if (c.kind == 's')
            print_text(to, &c, va_arg(list, const char *));
        else if (strchr("diouxXc", c.kind) != NULL)
            print_integer(to, &c, &list);
        else if (strchr("fFeEgGaA", c.kind) != NULL)
            fprintf(to, c.text, va_arg(list, double));
        else if (c.kind == 'p')
            fprintf(to, c.text, va_arg(list, void *));
        else
            abort(); /* a conversion that is not of this list */
    }
    va_end(list);
}

void nc_print_to(FILE *to, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    nc_vprint(to, format, list);
    va_end(list);
}

void nc_print(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    nc_vprint(stdout, format, list);
    va_end(list);
}

int nc_obeys_escapes(FILE *to)
{
    const char *terminal = getenv("TERM");
    return isatty(fileno(to)) && (terminal == NULL || strcmp(terminal, "dumb") != 0);
}

int nc_shows_colours(FILE *to)
{
    const char *without = getenv("NO_COLOR");
    return nc_obeys_escapes(to) && (without == NULL || without[0] == '\0');
}

int nc_speaks_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"}; /* the first that is set decides */
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0')
            return strcasestr(value, "utf-8") != NULL || strcasestr(value, "utf8") != NULL;
    }
    return 0;
}
