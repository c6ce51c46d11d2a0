/* Source: the text of one .net file; Span: a piece of it. Everything the user can be told about carries a Span. */
#ifndef NETC_BASE_SOURCE_H
#define NETC_BASE_SOURCE_H

#include <stdbool.h>

#include "base/arena.h"

typedef struct Source {
    const char *path;      /* as the user named it; what messages begin with */
    const char *directory; /* of the file, ending in '/', or "" */
    const char *text;      /* ended by a zero */
    int length;            /* bytes of text */
    const int *line_start; /* offset of the first byte of each line */
    int line_count;
} Source;

/* Bytes [start, end) of a source. A span without a source points nowhere. */
typedef struct Span {
    const Source *source;
    int start, end;
} Span;

/* Reads the file at `path` ("-": standard input). NULL when it cannot be read, has a zero byte, is not UTF-8, or is
 * larger than 16 MiB: *error is then the whole message, "x.net:2:5: error: ..." or "netc: ...". A byte order mark is
 * dropped; CRLF is taken as LF. */
const Source *source_read(Arena *arena, const char *path, const char **error);

/* The same from a string in memory. */
const Source *source_from_text(Arena *arena, const char *path, const char *text, size_t length, const char **error);

/* Line and column of a byte, both from 1; columns count characters, not bytes. */
void source_position(const Source *source, int offset, int *line, int *column);

/* The text of a span in one line: blanks and line ends in a row are one blank. */
const char *span_text(Arena *arena, Span span);

/* From the start of `first` to the end of `last`. */
Span span_join(Span first, Span last);

#endif
