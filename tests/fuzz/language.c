/* The language: a text through the whole front end and the emitter, both forms of C, and what can be printed on the
 * way. The user's mistakes are fine. Lines `#--set PATH=VALUE` at its beginning are the command line's. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "driver.h"
#include "once.h"
#include "summary.h"
#include "targets/cpu/emit/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
const Source *__wrap_source_read(Arena *arena, const char *path, const char **error);

static struct input {
    const char *bytes;
    size_t size;
} input_under_way;

/* The file is the input: linked with --wrap=source_read. */
const Source *__wrap_source_read(Arena *arena, const char *path, const char **error)
{
    return source_from_text(arena, path, input_under_way.bytes, input_under_way.size, error);
}

/* What stands behind "#--set " at the beginnings of the first lines. */
static void take_settings(Compilation *c, Request *request)
{
    static const char word[] = "#--set ";
    const size_t length = sizeof word - 1;
    VEC(Override) overrides = {0};
    const char *at = input_under_way.bytes, *end = at + input_under_way.size;
    while ((size_t)(end - at) > length && !memcmp(at, word, length)) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            break;
        char *path = arena_copy(c->arena, at + length, (size_t)(line_end - at) - length), *equals = strchr(path, '=');
        if (equals && equals != path) {
            *equals = 0;
            vec_push(c->arena, overrides, ((Override){path, equals + 1}));
        }
        at = line_end + 1;
    }
    request->overrides = overrides.at;
    request->override_count = overrides.count;
}

static void print_all(Compilation *c)
{
    Text out = text_new(c->arena);
    summary_print(&out, c);
    compilation_print(&out, c, STEP_SYNTAX);
    compilation_print(&out, c, STEP_MODEL);
    if (c->graph)
        compilation_print(&out, c, STEP_AUTODIFF);
    if (c->lowering.plans) {
        compilation_print(&out, c, STEP_SCHEDULE);
        compilation_print(&out, c, STEP_PLAN);
    }
    if (c->lowering.text)
        emit_program(&c->lowering, EMIT_PLAIN, NULL);
}

static void compile_input(void *context)
{
    int *returned = context;
    Compilation c = compilation_new();
    Request request = {.path = "fuzz.net", .last = STEP_C, .form = EMIT_CC, .target = targets[0], .models_only = true};
    take_settings(&c, &request);
    if (compile(&c, &request))
        print_all(&c);
    compilation_free(&c);
    *returned = 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    enum { MOST_MEGABYTES = 512 };
    int returned = 0;
    char *copy = malloc(size ? size : 1); /* of its own, so that reading behind it is seen */
    if (size)
        memcpy(copy, input, size);
    input_under_way = (struct input){copy, size};
    once(compile_input, &returned, MOST_MEGABYTES);
    free(copy);
    if (!returned)
        finding("the compiler ended the process");
    once_is_new(input, size);
    return 0;
}
