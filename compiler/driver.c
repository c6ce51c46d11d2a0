#include "driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "passes/passes.h"
#include "printable.h"
#include "syntax/parse.h"
#include "targets/cpu/cpu.h"

static bool stops(const Compilation *c, const Request *request, Step step);
static const Source *read_source(Arena *arena, const char *path);
static void for_both(Plan *plan, void (*pass)(Plan *plan));

/* THE PIPELINE: text, syntax, model, graph, plan, C. Every line reads what the line above it made. */
static void pipeline(Compilation *c, const Request *r)
{
    c->source = read_source(c->arena, r->path);
    if (!c->source)
        return;
    c->syntax = syntax_parse(c->arena, c->diag, c->source);
    if (r->last == STEP_SYNTAX) /* after syntax errors, names and shapes are looked at all the same */
        return;
    c->program = model_build(c->arena, c->diag, c->source, c->syntax, r->overrides, r->override_count);
    if (stops(c, r, STEP_MODEL) || (!c->program->train && c->program->networks.count != 1))
        return;
    c->graph = model_lower(c->arena, c->program);
    graph_verify(c->graph, "lower");
    if (stops(c, r, STEP_GRAPH) || !c->program->train)
        return;
    pass_autodiff(c->graph);
    graph_verify(c->graph, "autodiff");
    if (r->target->lower) {
        if (!stops(c, r, STEP_AUTODIFF))
            c->c = r->target->lower(c->arena, c->diag, c->program, c->graph);
        return;
    }
    pass_recompute(c->graph, r->target->fuses);
    graph_verify(c->graph, "recompute");
    if (stops(c, r, STEP_AUTODIFF))
        return;
    const Train *train = c->program->train;
    c->kernels = pass_fuse(c->arena, c->graph, r->target->fuses);
    kernel_graph_verify(c->kernels, "fuse");
    Graph *evaluation = train->test.data ? pass_evaluation(c->arena, c->graph) : NULL;
    if (evaluation) {
        graph_verify(evaluation, "evaluation");
        c->evaluation = pass_fuse(c->arena, evaluation, r->target->fuses);
        kernel_graph_verify(c->evaluation, "fuse");
    }
    if (stops(c, r, STEP_FUSE))
        return;
    c->plan = cpu_plan(c->kernels, NULL);
    if (c->evaluation)
        cpu_plan(c->evaluation, c->plan);
    for (Plan *plan = c->plan; plan; plan = plan->evaluation) {
        cpu_choose(plan, train->data.batch_size, train->test.data ? train->test.batch_size : 0, train->exact);
        cpu_expand(plan);
    }
    if (stops(c, r, STEP_CHOOSE))
        return;
    for_both(c->plan, cpu_layout);
    if (stops(c, r, STEP_LAYOUT))
        return;
    for_both(c->plan, cpu_sweeps);
    for_both(c->plan, cpu_schedule);
    if (stops(c, r, STEP_SCHEDULE))
        return;
    for_both(c->plan, cpu_place);
    for_both(c->plan, cpu_share);
    if (stops(c, r, STEP_PLAN))
        return;
    c->c = emit_program(c->arena, c->program, c->plan, r->form, r->profile);
}

/* A plan of training, and then that of evaluation, if it has one. */
static void for_both(Plan *plan, void (*pass)(Plan *plan))
{
    for (; plan; plan = plan->evaluation)
        pass(plan);
}

static bool stops(const Compilation *c, const Request *request, Step step)
{
    return diag_error_count(c->diag) > 0 || request->last == step;
}

static const Source *read_source(Arena *arena, const char *path)
{
    const char *error = NULL;
    const Source *source = source_read(arena, path, &error);
    if (!source)
        nc_print_to(stderr, "%s\n", error);
    return source;
}

/* Whether the pipeline got as far as `step`: what is only a model, or several, cannot be trained. */
static bool reached(const Compilation *c, Step step)
{
    if (step <= STEP_MODEL)
        return true;
    return c->graph && (step == STEP_GRAPH || c->program->train);
}

bool compile(Compilation *c, const Request *request)
{
    pipeline(c, request);
    bool wrong = !c->source || diag_error_count(c->diag) > 0;
    diag_print(c->diag, stderr, isatty(STDERR_FILENO) && !getenv("NO_COLOR"));
    if (wrong)
        return false;
    if (reached(c, request->last) || request->models_only)
        return true;
    nc_print_to(stderr, "netc: %s: there is no train block, so there is nothing to train or to predict with; "
                        "'netc check' and 'netc summary' need none\n", request->path);
    return false;
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

static const char evaluation_title[] =
    "\nevaluation, where norms by running statistics are part of what is in front of them:\n\n";

static void print_kernels(Text *out, const Compilation *c)
{
    kernel_graph_print(out, c->kernels);
    if (!c->evaluation)
        return;
    text_add(out, evaluation_title);
    kernel_graph_print(out, c->evaluation);
}

static void print_both(Text *out, const Plan *plan, void (*print)(Text *out, const Plan *plan))
{
    print(out, plan);
    if (!plan->evaluation)
        return;
    text_add(out, evaluation_title);
    print(out, plan->evaluation);
}

void compilation_print(Text *out, const Compilation *c, Step step)
{
    switch (step) {
    case STEP_SYNTAX: syntax_print(out, c->syntax); break;
    case STEP_MODEL: model_print(out, c->program); break;
    case STEP_GRAPH:
    case STEP_AUTODIFF: graph_print(out, c->graph); break;
    case STEP_SCHEDULE: print_both(out, c->plan, schedule_print); break;
    case STEP_FUSE: print_kernels(out, c); break;
    case STEP_CHOOSE:
    case STEP_LAYOUT:
    case STEP_PLAN: print_both(out, c->plan, plan_print); break;
    case STEP_C: text_add(out, c->c); break;
    case STEP_NONE:
    case STEP_COUNT: fail_bug("no step to print");
    }
}
