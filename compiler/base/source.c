#include "base/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/vec.h"
#include "system/characters.h"

enum { MAX_BYTES = 16 * 1024 * 1024 };

/* "x.net:2:5: error: ...": what is no text, told where it stands; all before it is UTF-8. */
static const char *no_text(Arena *arena, const char *path, const char *text, size_t at)
{
    int line = 1, column = 1;
    for (size_t i = 0; i < at; i++) {
        line += text[i] == '\n';
        column = text[i] == '\n' ? 1 : column + ((text[i] & 0xc0) != 0x80);
    }
    const char *what = text[at] ? arena_printf(arena, "byte 0x%02x is not UTF-8: save the text as UTF-8",
                                               (unsigned char)text[at])
                                : "zero byte: is it a .net file?";
    return arena_printf(arena, "%s:%d:%d: error: %s", path, line, column, what);
}

static const char *directory_of(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(arena, path, (size_t)(slash - path) + 1) : "";
}

const Source *source_from_text(Arena *arena, const char *path, const char *text, size_t length, const char **error)
{
    if (length > MAX_BYTES) {
        *error = arena_printf(arena, "netc: '%s' is larger than 16 MiB: is it a .net file?", path);
        return NULL;
    }
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3, length -= 3;
    for (size_t i = 0; i < length;) {
        uint32_t code;
        size_t bytes = nc_utf8(text + i, length - i, &code);
        if (!bytes || !text[i]) {
            *error = no_text(arena, path, text, i);
            return NULL;
        }
        i += bytes;
    }
    char *copy = arena_alloc(arena, length + 1);
    int kept = 0;
    VEC(int) starts = {0};
    vec_push(arena, starts, 0);
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\r' && i + 1 < length && text[i + 1] == '\n')
            continue;
        copy[kept++] = text[i];
        if (text[i] == '\n')
            vec_push(arena, starts, kept);
    }
    Source *source = arena_make(arena, Source);
    *source = (Source){.path = arena_copy(arena, path, strlen(path)),
                       .directory = directory_of(arena, path),
                       .text = copy,
                       .length = kept,
                       .line_start = starts.at,
                       .line_count = starts.count};
    return source;
}

const Source *source_read(Arena *arena, const char *path, const char **error)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file) {
        *error = arena_printf(arena, "netc: cannot read '%s': %s", path, strerror(errno));
        return NULL;
    }
    size_t length = 0, capacity = 16 * 1024;
    char *bytes = memory_take(capacity);
    while (length <= MAX_BYTES) {
        length += fread(bytes + length, 1, capacity - length, file);
        if (length < capacity)
            break;
        capacity *= 2;
        bytes = memory_grow(bytes, capacity);
    }
    int failed = ferror(file) ? errno : 0;
    if (!standard)
        fclose(file);
    const Source *source = NULL;
    if (failed)
        *error = arena_printf(arena, "netc: cannot read '%s': %s", path, strerror(failed));
    else
        source = source_from_text(arena, standard ? "stdin" : path, bytes, length, error);
    free(bytes);
    return source;
}

void source_position(const Source *source, int offset, int *line, int *column)
{
    int low = 0, high = source->line_count - 1; /* the last line that starts at or before offset */
    while (low < high) {
        int middle = (low + high + 1) / 2;
        if (source->line_start[middle] <= offset)
            low = middle;
        else
            high = middle - 1;
    }
    *line = low + 1;
    *column = 1;
    for (int i = source->line_start[low]; i < offset; i++)
        *column += (source->text[i] & 0xc0) != 0x80;
}

const char *span_text(Arena *arena, Span span)
{
    char *text = arena_copy(arena, span.source->text + span.start, (size_t)(span.end - span.start)), *to = text;
    for (const char *from = text; *from; from++) {
        const bool blank = *from == ' ' || *from == '\t' || *from == '\n';
        if (!blank)
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    }
    *to = 0;
    return text;
}

Span span_join(Span first, Span last)
{
    if (!first.source)
        return last;
    if (last.source == first.source && last.end > first.end)
        first.end = last.end;
    return first;
}
