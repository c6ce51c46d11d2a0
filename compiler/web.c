#include "web.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "embedded.h"
#include "library.h"
#include "loaded.h"
#include "system/base64.h"
#include "system/draft.h"
#include "system/json.h"
#include "system/printable.h"

static const char *embedded_text(const char *name)
{
    const EmbeddedText *text = embedded_texts;
    while (text->name && strcmp(text->name, name))
        text++;
    if (!text->name)
        fail_bug("netc does not carry %s", name);
    return text->text;
}

/* A text as HTML has it. */
static void put_html(FILE *to, const char *text)
{
    for (; *text; text++)
        if (strchr("<>&\"", *text))
            fprintf(to, "&#%d;", *text);
        else
            fputc(*text, to);
}

static void put_shape(FILE *to, const char *name, Shape shape)
{
    fprintf(to, "\"%s\": [", name);
    for (int d = 0; d < shape.rank; d++)
        fprintf(to, "%s%lld", d ? ", " : "", (long long)shape.dim[d]);
    fputs("], ", to);
}

/* What the script has to know, as JSON; a "<" in it could end the script. */
static void put_model(Arena *arena, FILE *to, const Library *l)
{
    static const char *const gives[] = {[OUTPUT_NUMBER] = "number", [OUTPUT_PROBABILITY] = "probability",
                                        [OUTPUT_LOGIT] = "logit", [OUTPUT_LOG_PROBABILITY] = "log probability"};
    const Train *train = l->program->train;
    fputs("const model = {", to);
    put_shape(to, "input", l->network->input);
    put_shape(to, "output", l->network->output);
    fprintf(to, "\"arena\": %lld, \"tokens\": %lld, \"prepares\": %s, \"isClasses\": %s, \"gives\": \"%s\"",
            (long long)l->core->arena, (long long)l->network->tokens, library_prepares(l) ? "true" : "false",
            l->class_count ? "true" : "false", gives[train ? train->loss->output : OUTPUT_NUMBER]);
    for (int i = 0; l->classes && i < l->class_count; i++) {
        Text name = text_new(arena);
        text_add(&name, "");
        for (const char *letter = l->classes[i]; *letter; letter++)
            text_add_bytes(&name, *letter == '<' ? "\xe2\x80\xb9" : letter, *letter == '<' ? 3 : 1);
        fputs(i ? ", " : ", \"classes\": [", to);
        nc_json_text(to, name.bytes);
        fputs(i + 1 == l->class_count ? "]" : "", to);
    }
    fputs("};\n", to);
}

static void put_page(Arena *arena, FILE *to, const Library *l, const void *program, size_t program_size)
{
    int64_t size;
    const unsigned char *weights = library_weights_file(arena, l, &size);
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>", to);
    put_html(to, l->network->name);
    fprintf(to, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", embedded_text("page.css"));
    put_html(to, l->network->name);
    fputs("</h1>\n", to);
    fputs("<div id=\"pictures\" hidden>\n<p>Draw, choose a picture, or drop one here.</p>\n"
          "<canvas id=\"picture\" aria-label=\"the picture that the model sees\"></canvas>\n"
          "<label class=\"file\">Choose a picture<input id=\"file\" type=\"file\" accept=\"image/*\"></label>\n"
          "<button id=\"clear\">Clear</button>\n", to);
    const char *before = library_left_to_the_caller(arena, l, true);
    if (*before) {
        fputs("<p class=\"hint\">In place of ", to);
        put_html(to, before);
        fputs(", the page takes the middle of the picture, in the model's size.</p>\n", to);
    }
    fputs("</div>\n<div id=\"numbers\" hidden>\n", to);
    fprintf(to, "<p><label for=\"typed\">The %lld numbers of a sample</label></p>\n",
            (long long)shape_count(l->network->input));
    before = library_left_to_the_caller(arena, l, false);
    if (*before) {
        fputs("<p class=\"hint\">As the data's transforms make them: ", to);
        put_html(to, before);
        fputs(".</p>\n", to);
    }
    fputs("<textarea id=\"typed\"></textarea>\n<button id=\"go\">Ask</button>\n</div>\n"
          "<div id=\"answer\" aria-live=\"polite\"></div>\n<p id=\"said\" class=\"hint\"></p>\n"
          "<noscript><p>The model runs in the browser, by a script.</p></noscript>\n<script>\n", to);
    put_model(arena, to, l);
    fputs("const program = \"", to);
    nc_put_base64(to, program, program_size);
    fputs("\";\nconst weights = \"", to);
    nc_put_base64(to, weights, (size_t)size);
    fprintf(to, "\";\n%s</script>\n</body>\n</html>\n", embedded_text("page.js"));
}

/* The program, in memory; NULL after saying on stderr why there is none. */
static const void *compile_program(Arena *arena, const Library *l, const Options *options, size_t *size)
{
    struct stat status;
    const CcRequest request = {.text = library_source(arena, l, true), .compiler = options->wasm_compiler, .wasm = true,
                               .verbose = options->verbose};
    const int object = memfd_create("netc", MFD_CLOEXEC);
    if (object < 0)
        fail_system("cannot have memory for an object: %s", strerror(errno));
    if (!object_make(arena, &request, object))
        return NULL;
    if (fstat(object, &status) < 0)
        fail_system("cannot read what the compiler made: %s", strerror(errno));
    *size = (size_t)status.st_size;
    const void *program = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, object, 0);
    if (program == MAP_FAILED)
        fail_system("cannot read what the compiler made: %s", strerror(errno));
    return program;
}

bool web_build(const Compilation *c, const Options *options)
{
    struct nc_draft draft;
    size_t size;
    Library library = library_of(c, "model");
    if (!library_read_weights(c->arena, &library, options))
        return false;
    const void *program = compile_program(c->arena, &library, options, &size);
    if (!program)
        return false;
    const char *path = arena_printf(c->arena, "%s/index.html", options->web);
    int error = nc_make_folders(options->web);
    if (!error)
        error = nc_draft_open(&draft, path, 0);
    if (!error) {
        put_page(c->arena, draft.file, &library, program, size);
        error = nc_draft_finish(&draft, 0);
        nc_draft_drop(&draft);
    }
    if (error)
        nc_print_to(stderr, "netc: cannot write '%s': %s\n", path, strerror(error));
    return !error;
}
