#include "picture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fail.h"
#include "child.h"
#include "draw/drawing.h"
#include "system/draft.h"
#include "system/printable.h"

typedef enum Form { FORM_NONE, FORM_SVG, FORM_DOT, FORM_PNG } Form;

static Form form_of(const char *path)
{
    static const struct {
        const char *ending;
        Form form;
    } forms[] = {{".svg", FORM_SVG}, {".dot", FORM_DOT}, {".gv", FORM_DOT}, {".png", FORM_PNG}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const size_t length = strlen(path), ending = strlen(forms[i].ending);
        if (length > ending && !strcmp(path + length - ending, forms[i].ending))
            return forms[i].form;
    }
    return FORM_NONE;
}

bool picture_check_name(const char *path, PictureOf of)
{
    const Form form = path ? form_of(path) : FORM_SVG;
    if (form == FORM_NONE)
        nc_print_to(stderr, "netc graph: the name of the picture tells its form: .svg, .dot (or .gv) or .png, but it "
                            "is '%s'\n", path);
    else if (form != FORM_SVG && of == PICTURE_MEMORY)
        nc_print_to(stderr, "netc graph: the picture of memory is SVG, since Graphviz draws no bars: its name ends in "
                            ".svg, but it is '%s'\n", path);
    else
        return true;
    return false;
}

/* ---- Drawings ---------------------------------------------------------------------------------------------------- */

static void draw_models(Arena *arena, Drawing *drawing, const Program *program)
{
    const int count = program->networks.count;
    drawing->title = count == 1 ? program->networks.at[0]->name : "models";
    for (int i = 0; i < count; i++) {
        const Network *network = program->networks.at[i];
        draw_model(arena, drawing, network,
                   count == 1 ? -1 : drawing_add_box(arena, drawing, network->name, -1));
    }
}

/* The kernels of training, and beside them those of evaluation where that goes another way. */
static void draw_fused(Arena *arena, Drawing *drawing, const Compilation *c)
{
    const Lowering *lowering = &c->lowering;
    const Train *train = c->program->train;
    const bool both = lowering->training && lowering->evaluation;
    drawing->title = arena_printf(arena, "kernels of %s",
                                  (train ? train->network : c->program->networks.at[0])->name);
    if (lowering->training)
        draw_kernels(arena, drawing, lowering->training,
                     both ? drawing_add_box(arena, drawing, "a training step", -1) : -1);
    if (lowering->evaluation)
        draw_kernels(arena, drawing, lowering->evaluation,
                     both ? drawing_add_box(arena, drawing, "an evaluation", -1) : -1);
}

static Drawing drawing_of(const Compilation *c, PictureOf of)
{
    Drawing drawing = {0};
    if (of == PICTURE_KERNELS)
        draw_fused(c->arena, &drawing, c);
    else
        draw_models(c->arena, &drawing, c->program);
    return drawing;
}

/* ---- Graphviz ---------------------------------------------------------------------------------------------------- */

/* Has Graphviz make a file of a drawing. Returns 1; 0 where it is not installed; -1 after saying what went wrong. */
static int lay_out_by_dot(const Compilation *c, const char *text, const char *path, Form form)
{
    char *const words[] = {"dot", form == FORM_PNG ? "-Tpng" : "-Tsvg", NULL};
    struct nc_draft output;
    FILE *input = tmpfile();
    if (!input || fputs(text, input) == EOF || fflush(input) == EOF || fseek(input, 0, SEEK_SET))
        fail_system("cannot write a temporary file: %s", strerror(errno));
    const int refused = nc_draft_open(&output, path, 0);
    if (refused)
        fail_system("cannot write '%s': %s", path, strerror(refused));
    const int status = child_run(words, fileno(input), fileno(output.file));
    const int why = errno;
    fclose(input);
    if (status) {
        nc_draft_drop(&output);
        if (status == -1 && why == ENOENT)
            return 0;
        if (status == -1)
            nc_print_to(stderr, "netc graph: cannot run 'dot': %s\n", strerror(why));
        else
            nc_print_to(stderr, "netc graph: '%s' failed on the drawing of '%s'; -o NAME.dot writes what it was "
                                "given\n", words[0], c->request->path);
        return -1;
    }
    const int error = nc_draft_finish(&output, 0);
    if (error)
        fail_system("cannot write '%s': %s", path, strerror(error));
    return 1;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static void put(const char *path, const char *text)
{
    if (path) {
        const int error = nc_write_text(path, text);
        if (error)
            fail_system("cannot write '%s': %s", path, strerror(error));
    } else if (fputs(text, stdout) == EOF || fflush(stdout) == EOF) {
        fail_system("cannot write the output: %s", strerror(errno));
    }
}

static bool write_memory(const Compilation *c, const char *path)
{
    Text text = text_new(c->arena);
    Lifetimes lifetimes = {0};
    c->request->target->lifetimes(&lifetimes, &c->lowering);
    lifetimes_print_svg(&text, &lifetimes);
    put(path, text.bytes);
    return true;
}

bool picture_write(const Compilation *c, const char *path, PictureOf of)
{
    if (of == PICTURE_MEMORY)
        return write_memory(c, path);
    const Form form = path ? form_of(path) : FORM_DOT;
    const Drawing drawing = drawing_of(c, of);
    Text text = text_new(c->arena);
    drawing_print_dot(&text, &drawing);
    if (form != FORM_DOT) {
        const int made = lay_out_by_dot(c, text.bytes, path, form);
        if (made)
            return made > 0;
        if (form == FORM_PNG) {
            nc_print_to(stderr, "netc graph: a PNG picture is made by Graphviz's program 'dot', which is not installed "
                                "(Debian: graphviz); -o NAME.svg needs nothing\n");
            return false;
        }
        text = text_new(c->arena);
        drawing_print_svg(&text, &drawing);
    }
    put(path, text.bytes);
    return true;
}
