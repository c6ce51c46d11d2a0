/* netc: the command. Options in options.c, the pipeline in driver.c, the two ways to run in cc.c and jit.c. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accuracy.h"
#include "base/fail.h"
#include "cc.h"
#include "driver.h"
#include "import/import.h"
#include "jit.h"
#include "library.h"
#include "onnx/onnx.h"
#include "options.h"
#include "passes/passes.h"
#include "picture.h"
#include "report/report.h"
#include "system/draft.h"
#include "system/printable.h"
#include "summary.h"
#include "tier.h"
#include "torch.h"
#include "trained.h"
#include "web.h"

static void print(const char *text)
{
    if (fputs(text, stdout) == EOF || fflush(stdout) == EOF)
        fail_system("cannot write the output: %s", strerror(errno));
}

/* Trains in process. Relative paths of data begin at the .net file's folder. */
static int run(Compilation *c, const Options *options)
{
    VEC(char *) words = {0};
    const char *name = options->command == COMMAND_DATA      ? "data"
                       : options->command == COMMAND_PREDICT ? "predict"
                                                             : "run";
    vec_push(c->arena, words, arena_printf(c->arena, "netc %s", name));
    if (options->command != COMMAND_RUN)
        vec_push(c->arena, words, arena_printf(c->arena, "%s", name));
    if (*c->source->directory)
        vec_push(c->arena, words, arena_printf(c->arena, "--base=%s", c->source->directory));
    for (int i = 0; i < options->trainer.count; i++)
        vec_push(c->arena, words, arena_printf(c->arena, "%s", options->trainer.at[i]));
    vec_push(c->arena, words, NULL);
    if (options->accuracy && !accuracy_begin(c, options))
        return 1;
    if (options->command != COMMAND_DATA && !options->gradients && !options->accuracy)
        tier_begin(c, options);
    return jit_run(c->arena, c->lowering.text, words.count - 1, words.at);
}

/* NAME of NAME.net, without its folder: what a trainer is called unless -o says it. */
static const char *trainer_name(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = strlen(name);
    if (length > 4 && !strcmp(name + length - 4, ".net"))
        return arena_copy(arena, name, length - 4);
    return arena_printf(arena, "%s.out", strcmp(name, "-") ? name : "stdin");
}

static int build(Compilation *c, const Options *options)
{
    if (options->library)
        return library_build(c, options) ? 0 : 1;
    if (options->web)
        return web_build(c, options) ? 0 : 1;
    CcRequest request = {
        .text = c->lowering.text,
        .output = options->output ? options->output : trainer_name(c->arena, options->file),
        .compiler = options->compiler,
        .march = options->march,
        .whole = options->whole,
        .mpi = options->mpi,
        .keep_c = options->keep_c,
        .verbose = options->verbose,
    };
    return cc_build(c->arena, &request) ? 0 : 1;
}

/* Writes to the file of -o, or prints. */
static int put(const Options *options, const char *text)
{
    if (!options->output) {
        print(text);
        return 0;
    }
    int error = nc_write_text(options->output, text);
    if (error)
        fail_system("cannot write '%s': %s", options->output, strerror(error));
    return 0;
}

static int import(Compilation *c, const Options *options)
{
    const char *text;
    return import_model(c->arena, options->file, options->input, options->weights, &text) ? put(options, text) : 1;
}

/* The model that the train block is about, or the only one, as it is in evaluation. */
static int export(Compilation *c, const Options *options)
{
    const Train *train = c->program->train;
    const Network *network = train ? train->network : c->program->networks.at[0];
    const TrainedFrom from = {.command = "export", .load = options->load, .prefix = options->prefix};
    Program model = {.source = c->program->source};
    vec_push(c->arena, model.networks, (Network *)network);
    OnnxModel said = {.network = network, .graph = pass_evaluation(c->arena, model_lower(c->arena, &model, false))};
    graph_verify(said.graph, "evaluation");
    said.onnx = onnx_say(c->arena, c->diag, said.graph);
    diag_print(c->diag, stderr, nc_shows_colours(stderr));
    if (!said.onnx)
        return 1;
    said.values = trained_parameters(c->arena, network, train, &from);
    return onnx_export(c->arena, &said, options->onnx, options->external) ? 0 : 1;
}

/* Several runs that are called alike are told by their whole paths. */
static void name_runs(struct nc_report_run *runs, const Options *options)
{
    for (int i = 0; i < options->runs.count; i++) {
        bool alike = false;
        for (int k = 0; k < options->runs.count; k++)
            alike = alike || (k != i && !strcmp(runs[i].name, runs[k].name));
        if (alike)
            runs[i].label = options->runs.at[i];
    }
}

static int report(Compilation *c, const Options *options)
{
    const char *path = options->output ? options->output : "report.html";
    const int count = options->runs.count;
    struct nc_report_run *runs = arena_alloc(c->arena, (size_t)count * sizeof *runs);
    char why[NC_REPORT_WHY];
    const char *hint;
    for (int i = 0; i < count; i++)
        if (!nc_report_read_run(options->runs.at[i], &runs[i], why, &hint))
            nc_fail(NULL, hint, "%s", why);
    name_runs(runs, options);
    const int error = nc_report_write(path, runs, count);
    if (error)
        fail_system("cannot write '%s': %s", path, strerror(error));
    for (int i = 0; i < count; i++)
        nc_report_free_run(&runs[i]);
    return 0;
}

static int summary(Compilation *c, const Options *options)
{
    Text out = text_new(c->arena);
    for (int i = 0; options->torch && i < c->program->networks.count; i++)
        torch_print(&out, c->program->networks.at[i]);
    if (!options->torch)
        summary_print(&out, c);
    print(out.bytes);
    return 0;
}

static PictureOf picture_of(const Options *options)
{
    return options->memory ? PICTURE_MEMORY : options->fused ? PICTURE_KERNELS : PICTURE_MODEL;
}

/* How far the pipeline goes for a command. The table of `summary` needs the plan, where there is something to plan. */
static Step last_step(const Options *options)
{
    if (options->dump != STEP_NONE)
        return options->dump;
    switch (options->command) {
    case COMMAND_CHECK:
    case COMMAND_EXPORT: return STEP_GRAPH;
    case COMMAND_SUMMARY: return options->torch ? STEP_MODEL : STEP_PLAN;
    case COMMAND_GRAPH: return options->memory ? STEP_PLAN : options->fused ? STEP_FUSE : STEP_GRAPH;
    default: return STEP_C;
    }
}

static EmitForm form_of(const Options *options)
{
    if (options->library || options->web)
        return EMIT_LIBRARY;
    return (options->command & (COMMAND_RUN | COMMAND_DATA | COMMAND_PREDICT)) || options->plain ? EMIT_PLAIN : EMIT_CC;
}

/* Whether a file without a train block will not do. */
static bool needs_training(const Options *options)
{
    if (options->train)
        return true;
    if (options->library || options->web)
        return false;
    return !(options->command & (COMMAND_SUMMARY | COMMAND_CHECK | COMMAND_EMIT | COMMAND_GRAPH | COMMAND_EXPORT)) ||
           options->target->needs_training;
}

static int do_command(Compilation *c, const Options *options)
{
    if (options->command == COMMAND_IMPORT)
        return import(c, options);
    if (options->command == COMMAND_REPORT)
        return report(c, options);
    if (options->command == COMMAND_EXPORT && !options->onnx) {
        nc_print_to(stderr, "netc export: to which file? Say --onnx FILE.onnx\n");
        return 2;
    }
    Request request = {
        .path = options->file,
        .overrides = options->overrides.at,
        .override_count = options->overrides.count,
        .last = last_step(options),
        .form = form_of(options),
        .profile = options->profile,
        .shared = options->mpi,
        .laps = options->accuracy,
        .trains = options->train,
        .ptx = options->command == COMMAND_BUILD ? cc_ptx : NULL,
        .observed = options->int8,
        .target = options->library && options->plain ? &target_plain : options->target,
        .needs_training = needs_training(options),
        .models_only = options->dump == STEP_NONE && !options->fused && !options->memory &&
                       (options->command & (COMMAND_SUMMARY | COMMAND_CHECK | COMMAND_GRAPH)),
    };
    if (options->fused && options->memory) {
        nc_print_to(stderr, "netc graph: --fused and --memory are two pictures: draw one after the other\n");
        return 2;
    }
    if (options->command == COMMAND_GRAPH && !picture_check_name(options->output, picture_of(options)))
        return 2;
    if (!compile(c, &request))
        return 1;
    if (options->dump != STEP_NONE) {
        Text out = text_new(c->arena);
        compilation_print(&out, c, options->dump);
        print(out.bytes);
        return 0;
    }
    switch (options->command) {
    case COMMAND_RUN:
    case COMMAND_DATA:
    case COMMAND_PREDICT: return run(c, options);
    case COMMAND_BUILD: return build(c, options);
    case COMMAND_EMIT: return put(options, c->lowering.text);
    case COMMAND_SUMMARY: return summary(c, options);
    case COMMAND_GRAPH: return picture_write(c, options->output, picture_of(options)) ? 0 : 1;
    case COMMAND_EXPORT: return export(c, options);
    case COMMAND_CHECK: return 0;
    case COMMAND_IMPORT:
    case COMMAND_REPORT:
    case COMMAND_HELP: break;
    }
    fail_bug("no such command");
}

int main(int argc, char **argv)
{
    nc_open_streams();
    Compilation c = compilation_new();
    Options options;
    int status;
    if (options_parse(c.arena, &options, argc, argv, &status))
        status = do_command(&c, &options);
    compilation_free(&c);
    if (fflush(stdout) == EOF)
        fail_system("cannot write the output: %s", strerror(errno));
    return status;
}
