/* Text: a growing string in an arena. Everything netc prints is built here first and written once. */
#ifndef NETC_BASE_TEXT_H
#define NETC_BASE_TEXT_H

#include <stdint.h>

#include "base/arena.h"

typedef struct Text {
    Arena *arena;
    char *bytes; /* always ended by a zero; never NULL after text_new */
    size_t length, capacity;
} Text;

Text text_new(Arena *arena);

/* Appends a string formatted as by printf. */
void text_printf(Text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(Text *text, const char *format, va_list args);

/* Appends a string, or `length` bytes of one. */
void text_add(Text *text, const char *string);
void text_add_bytes(Text *text, const char *bytes, size_t length);

/* Appends `count` copies of `byte`. */
void text_pad(Text *text, char byte, int count);

/* Appends `string` for people to read: what a terminal would obey is escaped (printable.h). */
void text_add_printable(Text *text, const char *string);

/* Appends `string` as a C string literal, quotes and escapes included. */
void text_add_quoted(Text *text, const char *string);

/* "0.01f", "1", "-1 / 0.0f": the float nearest to a number, as C writes it. */
const char *text_float(Arena *arena, double number);

/* The same of a finite number as a literal of the type float, a whole one too: "1.0f". */
const char *text_float_literal(Arena *arena, double number);

/* The shortest decimal that is this very number. */
const char *text_double(Arena *arena, double number);

/* 1234567 as "1,234,567". */
const char *text_grouped(Arena *arena, int64_t number);

#endif
