#include "base/text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "system/printable.h"

Text text_new(Arena *arena)
{
    Text text = {.arena = arena, .capacity = 256};
    text.bytes = arena_alloc(arena, text.capacity);
    return text;
}

static void reserve(Text *text, size_t more)
{
    if (text->capacity - text->length > more)
        return;
    while (text->capacity - text->length <= more)
        text->capacity *= 2;
    char *grown = arena_alloc(text->arena, text->capacity);
    memcpy(grown, text->bytes, text->length);
    text->bytes = grown;
}

void text_add_bytes(Text *text, const char *bytes, size_t length)
{
    reserve(text, length);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = 0;
}

void text_add(Text *text, const char *string)
{
    text_add_bytes(text, string, strlen(string));
}

void text_vprintf(Text *text, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    reserve(text, (size_t)length);
    vsnprintf(text->bytes + text->length, (size_t)length + 1, format, args);
    text->length += (size_t)length;
}

void text_printf(Text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    text_vprintf(text, format, args);
    va_end(args);
}

void text_pad(Text *text, char byte, int count)
{
    for (int i = 0; i < count; i++)
        text_add_bytes(text, &byte, 1);
}

void text_add_printable(Text *text, const char *string)
{
    size_t length = strlen(string), escaped = nc_printable(NULL, string, length);
    reserve(text, escaped);
    nc_printable(text->bytes + text->length, string, length);
    text->length += escaped;
    text->bytes[text->length] = 0;
}

void text_add_quoted(Text *text, const char *string)
{
    text_add(text, "\"");
    for (const unsigned char *c = (const unsigned char *)string; *c; c++) {
        if (*c == '"' || *c == '\\')
            text_printf(text, "\\%c", *c);
        else if (*c == '\n')
            text_add(text, "\\n");
        else if (*c == '\t')
            text_add(text, "\\t");
        else if (*c < 0x20 || *c == 0x7f || *c == '?')
            text_printf(text, *c == '?' ? "%c" : "\\%03o", *c);
        else
            text_add_bytes(text, (const char *)c, 1);
    }
    text_add(text, "\"");
}

const char *text_float(Arena *arena, double number)
{
    if (isinf((float)number))
        return number > 0 ? "1 / 0.0f" : "-1 / 0.0f";
    const char *text = arena_printf(arena, "%.9g", (double)(float)number);
    for (int digits = 1; digits < 9; digits++) { /* the shortest that reads as the same float */
        const char *shorter = arena_printf(arena, "%.*g", digits, (double)(float)number);
        if (strtof(shorter, NULL) == (float)number) {
            text = shorter;
            break;
        }
    }
    return strpbrk(text, ".e") ? arena_printf(arena, "%sf", text) : text;
}

const char *text_float_literal(Arena *arena, double number)
{
    const char *text = text_float(arena, number);
    return strpbrk(text, ".e") ? text : arena_printf(arena, "%s.0f", text);
}

const char *text_double(Arena *arena, double number)
{
    int digits = 1;
    while (digits < 17 && strtod(arena_printf(arena, "%.*g", digits, number), NULL) != number)
        digits++;
    return arena_printf(arena, "%.*g", digits, number);
}

const char *text_grouped(Arena *arena, int64_t number)
{
    const char *digits = arena_printf(arena, "%" PRId64, number);
    int length = (int)strlen(digits);
    Text out = text_new(arena);
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            text_add(&out, ",");
        text_add_bytes(&out, digits + i, 1);
    }
    return out.bytes;
}
