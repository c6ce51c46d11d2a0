/* Arena: memory that lives as long as one compilation, and is freed in one call. */
#ifndef NETC_BASE_ARENA_H
#define NETC_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

typedef struct Arena Arena;

/* A new, empty arena. Ends the program when the system has no memory, as every function here does. */
Arena *arena_new(void);

/* Frees the arena and everything that was taken from it. */
void arena_free(Arena *arena);

/* `size` bytes, zeroed, aligned for any type. */
void *arena_alloc(Arena *arena, size_t size);

/* One zeroed T. */
#define arena_make(arena, T) ((T *)arena_alloc((arena), sizeof(T)))

/* A copy of the first `length` bytes of `text`, ended by a zero. */
char *arena_copy(Arena *arena, const char *text, size_t length);

/* A string formatted as by printf. */
char *arena_printf(Arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(Arena *arena, const char *format, va_list args);

#endif
