#include "driver.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "passes/passes.h"
#include "system/printable.h"
#include "syntax/parse.h"

static void read_source(Compilation *c);
static void parse(Compilation *c);
static void build_model(Compilation *c);
static void lower(Compilation *c);
static void differentiate(Compilation *c);
static void recompute(Compilation *c);
static void fuse(Compilation *c);
static void emit(Compilation *c);

/* THE PIPELINE. Every step reads what those above it made, and verifies what it makes; it does nothing where one before
 * it failed or was the last one asked for. */
static void pipeline(Compilation *c)
{
    read_source(c);
    parse(c);         /* text to syntax */
    build_model(c);   /* names, constants, shapes */
    lower(c);         /* layers to operations */
    differentiate(c); /* the backward pass */
    recompute(c);     /* what is cheaper to make again than to keep */
    fuse(c);          /* operations to kernels */
    emit(c);          /* kernels to text, by the target */
}

/* Whether the pipeline goes on to `step`. */
static bool goes_on(const Compilation *c, Step step)
{
    return c->source && diag_error_count(c->diag) == 0 && c->request->last >= step;
}

static void read_source(Compilation *c)
{
    const char *error = NULL;
    c->source = source_read(c->arena, c->request->path, &error);
    if (!c->source)
        nc_print_to(stderr, "%s\n", error);
}

static void parse(Compilation *c)
{
    if (goes_on(c, STEP_SYNTAX))
        c->syntax = syntax_parse(c->arena, c->diag, c->source);
}

/* After syntax errors names and shapes are looked at all the same. */
static void build_model(Compilation *c)
{
    const Request *r = c->request;
    if (c->source && r->last >= STEP_MODEL)
        c->program = model_build(c->arena, c->diag, c->source, c->syntax, r->overrides, r->override_count);
}

/* The program's model alone, as of a file without a train block. */
static const Program *model_alone(const Compilation *c)
{
    if (!c->program->train)
        return c->program;
    Program *model = arena_make(c->arena, Program);
    *model = (Program){.source = c->program->source};
    vec_push(c->arena, model->networks, c->program->train->network);
    return model;
}

/* What targets are to make: of a library the model alone, unless it trains. */
static const Program *wanted(const Compilation *c)
{
    return c->request->form == EMIT_LIBRARY && !c->request->trains ? model_alone(c) : c->program;
}

/* Of several models the train block says which one is meant. */
static void lower(Compilation *c)
{
    if (!goes_on(c, STEP_GRAPH) || (!c->program->train && c->program->networks.count != 1))
        return;
    c->graph = model_lower(c->arena, wanted(c), c->request->form == EMIT_LIBRARY);
    graph_verify(c->graph, "lower");
}

static void differentiate(Compilation *c)
{
    if (!goes_on(c, STEP_AUTODIFF) || !c->graph)
        return;
    pass_autodiff(c->graph);
    graph_verify(c->graph, "autodiff");
}

static void recompute(Compilation *c)
{
    if (!goes_on(c, STEP_AUTODIFF) || !c->graph || !c->request->target->recomputes)
        return;
    pass_recompute(c->graph, c->request->target->fuses);
    graph_verify(c->graph, "recompute");
}

static KernelGraph *fuse_graph(const Compilation *c, const Graph *graph)
{
    KernelGraph *kernels = pass_fuse(c->arena, graph, c->request->target->fuses);
    kernel_graph_verify(kernels, "fuse");
    return kernels;
}

/* Kernels for training, and for evaluation where that goes another way or there is no training. */
static void fuse(Compilation *c)
{
    if (!goes_on(c, STEP_FUSE) || !c->graph)
        return;
    const Train *train = wanted(c)->train;
    const bool library = c->request->form == EMIT_LIBRARY;
    if (train)
        c->lowering.training = fuse_graph(c, c->graph);
    if (train && !library && !c->graph->shown.count && !evaluation_is_apart(c->graph) &&
        !c->request->target->evaluates_apart && (!train->test.data || !evaluation_differs(c->graph)))
        return;
    const Graph *forward = library && train ? model_lower(c->arena, model_alone(c), true) : c->graph;
    Graph *evaluation = pass_evaluation(c->arena, forward);
    graph_verify(evaluation, "evaluation");
    c->lowering.evaluation = fuse_graph(c, evaluation);
}

/* What compile() did from STEP_GRAPH on, for another target. */
static Lowering lower_for(const Compilation *c, const Target *target, EmitForm form, int samples)
{
    const Request request = {.path = c->request->path, .last = STEP_C, .form = form, .target = target,
                             .ptx = c->request->ptx};
    Compilation other = *c;
    other.request = &request;
    other.lowering = (Lowering){.samples = samples};
    lower(&other);
    differentiate(&other);
    recompute(&other);
    fuse(&other);
    emit(&other);
    return other.lowering;
}

/* The model as kernels and launches, for a program that may use a device other than the CPU. */
static const char *device_text(const Compilation *c)
{
    return lower_for(c, &target_gpu, EMIT_OBJECT, 0).text;
}

static void emit(Compilation *c)
{
    if (!goes_on(c, STEP_FUSE + 1) || !c->graph)
        return;
    Lowering *lowering = &c->lowering;
    lowering->arena = c->arena;
    lowering->diag = c->diag;
    lowering->program = wanted(c);
    lowering->form = c->request->form;
    lowering->profile = c->request->profile;
    lowering->shared = c->request->shared;
    lowering->laps = c->request->laps;
    lowering->ptx = c->request->ptx;
    lowering->observed = c->request->observed;
    lowering->last = c->request->last;
    lowering->precision = c->program->train ? c->program->train->precision : INFINITY;
    if (c->request->target->runs && c->program->train && c->program->train->device && lowering->last == STEP_C)
        lowering->device = device_text(c);
    if (diag_error_count(c->diag) == 0)
        c->request->target->lower(lowering);
}

/* Says what the command needs and the file has not. */
static bool has_what_is_asked(const Compilation *c)
{
    const Request *request = c->request;
    if (request->last <= STEP_MODEL || c->program->train)
        return true;
    if (request->needs_training) {
        nc_print_to(stderr, "netc: %s: there is no train block, so there is nothing to train or to predict with; "
                            "'netc check', 'netc summary' and 'netc emit' need none\n", request->path);
        return false;
    }
    if (c->graph || request->models_only)
        return true;
    nc_print_to(stderr, "netc: %s: there are several models, and no train block that says which one is meant\n",
                request->path);
    return false;
}

bool compile(Compilation *c, const Request *request)
{
    c->request = request;
    pipeline(c);
    bool wrong = !c->source || diag_error_count(c->diag) > 0;
    diag_print(c->diag, stderr, nc_shows_colours(stderr));
    return !wrong && has_what_is_asked(c);
}

bool compile_for(const Compilation *c, const Target *target, EmitForm form, int samples, Lowering *lowering)
{
    *lowering = lower_for(c, target, form, samples);
    diag_print(c->diag, stderr, nc_shows_colours(stderr));
    return lowering->text;
}

Compilation compilation_new(void)
{
    Arena *arena = arena_new();
    return (Compilation){.arena = arena, .diag = diag_new(arena)};
}

void compilation_free(Compilation *c)
{
    arena_free(c->arena);
    *c = (Compilation){0};
}

static const char *const step_names[STEP_COUNT] = {
    [STEP_NONE] = "",         [STEP_SYNTAX] = "syntax",     [STEP_MODEL] = "model",       [STEP_GRAPH] = "graph",
    [STEP_AUTODIFF] = "autodiff", [STEP_FUSE] = "fuse",     [STEP_CHOOSE] = "choose",     [STEP_LAYOUT] = "layout",
    [STEP_SCHEDULE] = "schedule", [STEP_PLAN] = "plan",     [STEP_C] = "c",
};

const char *step_name(Step step)
{
    return step_names[step];
}

/* What a step from STEP_FUSE on made for training, or for evaluation. */
static void print_mode(Text *out, const Compilation *c, Step step, bool evaluation)
{
    if (step == STEP_FUSE)
        kernel_graph_print(out, evaluation ? c->lowering.evaluation : c->lowering.training);
    else
        c->request->target->print(out, &c->lowering, step, evaluation);
}

static void print_modes(Text *out, const Compilation *c, Step step)
{
    const Lowering *lowering = &c->lowering;
    if (lowering->training)
        print_mode(out, c, step, false);
    if (lowering->training && lowering->evaluation)
        text_add(out, "\nevaluation, where norms by running statistics are part of what is in front of them:\n\n");
    if (lowering->evaluation)
        print_mode(out, c, step, true);
}

void compilation_print(Text *out, const Compilation *c, Step step)
{
    switch (step) {
    case STEP_SYNTAX: syntax_print(out, c->syntax); break;
    case STEP_MODEL: model_print(out, c->program); break;
    case STEP_GRAPH:
    case STEP_AUTODIFF: graph_print(out, c->graph); break;
    case STEP_FUSE:
    case STEP_CHOOSE:
    case STEP_LAYOUT:
    case STEP_SCHEDULE:
    case STEP_PLAN: print_modes(out, c, step); break;
    case STEP_C: text_add(out, c->lowering.text); break;
    case STEP_NONE:
    case STEP_COUNT: fail_bug("no step to print");
    }
}
