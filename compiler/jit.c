/* Every call of libtcc is in this file. */
#include "jit.h"

#include <libtcc.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/text.h"
#include "embedded.h"

/* tcc makes calls of these by itself, for copies and initialisers of structures. */
static const EmbeddedSymbol libc_symbols[] = {
    {"memcpy", (const void *)memcpy},
    {"memmove", (const void *)memmove},
    {"memset", (const void *)memset},
    {NULL, NULL},
};

/* libtcc says "memory full (malloc)", and has then lost what it was doing: some of its calls end the program. */
static void collect_message(void *opaque, const char *message)
{
    if (strstr(message, "memory full"))
        memory_is_out();
    text_printf(opaque, " %s;", message);
}

static void add_symbols(TCCState *tcc, const EmbeddedSymbol *symbols)
{
    for (; symbols->name; symbols++)
        tcc_add_symbol(tcc, symbols->name, symbols->address);
}

int jit_run(Arena *arena, const char *text, int argc, char **argv)
{
    Text messages = text_new(arena);
    /* The program's own lines are numbered from 1, as `netc emit --plain` shows them. */
    const char *whole = arena_printf(arena, "%s\n#line 1 \"emitted.c\"\n%s", embedded_declarations, text);
    TCCState *tcc = tcc_new();
    if (!tcc)
        memory_is_out();
    tcc_set_error_func(tcc, &messages, collect_message);
    tcc_set_options(tcc, "-nostdlib -nostdinc");
    tcc_set_output_type(tcc, TCC_OUTPUT_MEMORY);
    add_symbols(tcc, libc_symbols);
    add_symbols(tcc, embedded_symbols);
    if (tcc_compile_string(tcc, whole) || tcc_relocate(tcc, TCC_RELOCATE_AUTO))
        fail_bug("libtcc refuses the emitted C:%s", messages.bytes);
    int (*program)(int, char **) = (int (*)(int, char **))tcc_get_symbol(tcc, "main");
    if (!program)
        fail_bug("the emitted C has no main:%s", messages.bytes);
    int status = program(argc, argv);
    tcc_delete(tcc);
    return status;
}
