#include "quantized.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "graph/op.h"
#include "jit.h"
#include "netc.h"
#include "passes/passes.h"
#include "run/samples.h"
#include "system/printable.h"
#include "targets/plain/int8.h"

enum { CALIBRATES = 1000, MOST_CALIBRATES = 1000000000 }; /* samples */

/* Multiplications and additions that the answers of a library may take: some ten seconds of scalar code. */
static const double most_arithmetic = 1e10;
enum { FEWEST_ANSWERS = 100 };

typedef double Formula(double t);

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/* "train:500": which data, and how many samples. False where it is not such. */
static bool read_words(const char *words, bool *test, long long *most)
{
    const size_t length = strcspn(words, ":");
    char *end;
    *test = length == 4 && !strncmp(words, "test", 4);
    *most = CALIBRATES;
    if (!*test && (length != 5 || strncmp(words, "train", 5)))
        return false;
    if (!words[length])
        return true;
    *most = strtoll(words + length + 1, &end, 10);
    return words[length + 1] >= '0' && words[length + 1] <= '9' && !*end && *most >= 1 && *most <= MOST_CALIBRATES;
}

bool quantized_check_options(const Options *options)
{
    bool test;
    long long most;
    if (!options->int8)
        return true;
    if (!options->plain) {
        nc_print_to(stderr, "netc build: --int8 is a library of the plain form: say --plain too\n");
        return false;
    }
    if (options->train) {
        nc_print_to(stderr, "netc build: --int8 and --train exclude each other: gradients are no integers\n");
        return false;
    }
    if (read_words(options->int8, &test, &most))
        return true;
    nc_print_to(stderr, "netc build: --int8 expects train or test, the data that it calibrates with, and may be how"
                        " many samples (train:1000), but has '%s'\n", options->int8);
    return false;
}

/* ---- What was trained -------------------------------------------------------------------------------------------- */

/* The parameters by the values that have them. */
static const float *const *parameters_of(Arena *arena, const Library *library, const Graph *graph)
{
    const float **of = arena_alloc(arena, (size_t)graph->values.count * sizeof *of);
    for (int i = 0; i < graph->values.count; i++) {
        const Value *value = graph->values.at[i];
        for (int k = 0; k < library->network->parameters.count; k++)
            if (value->producer->kind == OP_PARAMETER && value->parameter == library->network->parameters.at[k])
                of[i] = library->weights + library->core->parameters[k].offset;
    }
    return of;
}

static double activation(const Trained *trained, const Op *op, double t)
{
    char name[40];
    snprintf(name, sizeof name, "activation_%d", op->id);
    Formula *function = (Formula *)dlsym(trained->context, name);
    if (!function)
        fail_bug("a library that is observed has no %s", name);
    return function(t);
}

/* ---- Samples ----------------------------------------------------------------------------------------------------- */

/* Has the file's own data set make samples, by the program that would train. */
static void ask(const Compilation *c, const Options *options, const char *load, const struct nc_samples *samples)
{
    VEC(char *) words = {0};
    Lowering program;
    if (!compile_for(c, &target_cpu, EMIT_PLAIN, 0, &program))
        fail_bug("a model that has a library has no program");
    vec_push(c->arena, words, arena_printf(c->arena, "netc build"));
    vec_push(c->arena, words, arena_printf(c->arena, "data"));
    vec_push(c->arena, words, arena_printf(c->arena, "--quiet"));
    vec_push(c->arena, words, arena_printf(c->arena, "--load=%s", load));
    if (*c->source->directory)
        vec_push(c->arena, words, arena_printf(c->arena, "--base=%s", c->source->directory));
    if (options->prefix)
        vec_push(c->arena, words, arena_printf(c->arena, "--prefix=%s", options->prefix));
    if (options->data)
        vec_push(c->arena, words, arena_printf(c->arena, "--data=%s", options->data));
    vec_push(c->arena, words, NULL);
    nc_samples_set(samples);
    if (jit_run(c->arena, program.text, words.count - 1, words.at))
        fail_bug("the program of a model's samples fails");
    nc_samples_set(NULL);
}

/* The ranges of the values of a model in float. observe() is called by the library, which knows no context. */
static struct {
    const LoadedLibrary *library;
    Range *ranges; /* by value id */
    int input;
    int64_t inputs;
    long long count;
} calibration;

static void observe(int value, const float *x, long long count)
{
    Range *range = &calibration.ranges[value];
    for (long long i = 0; i < count; i++) {
        if (x[i] < range->low)
            range->low = x[i];
        if (x[i] > range->high)
            range->high = x[i];
        if (!isfinite(x[i]))
            range->low = NAN;
    }
}

static void calibrate(void *context, const float *x, const int *labels, long long count)
{
    (void)context, (void)labels;
    calibration.count = count;
    observe(calibration.input, x, calibration.inputs);
    library_answer(calibration.library, x);
}

/* What two libraries made of samples. */
typedef struct Answers {
    const LoadedLibrary *exact, *integers;
    int64_t classes, places;
    long long samples, judged, correct[2], alike, all;
    double squares, error;
} Answers;

/* The class of a place. */
static int64_t class_of(const Answers *a, const float *y, int64_t place)
{
    int64_t best = 0;
    for (int64_t i = 1; i < a->classes; i++)
        if (y[i * a->places + place] > y[best * a->places + place])
            best = i;
    return best;
}

static void compare(void *context, const float *x, const int *labels, long long count)
{
    Answers *a = context;
    const float *y = a->exact->y, *q = a->integers->y;
    library_answer(a->exact, x);
    library_answer(a->integers, x);
    a->samples = count;
    for (int64_t place = 0; place < a->places; place++) {
        const int64_t exact = class_of(a, y, place), integer = class_of(a, q, place);
        a->all++;
        a->alike += exact == integer;
        if (!labels || labels[place] < 0 || labels[place] >= a->classes)
            continue;
        a->judged++;
        a->correct[0] += exact == labels[place];
        a->correct[1] += integer == labels[place];
    }
    for (int64_t i = 0; i < a->classes * a->places; i++) {
        a->squares += (double)y[i] * (double)y[i];
        a->error += ((double)y[i] - (double)q[i]) * ((double)y[i] - (double)q[i]);
    }
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static void print_answers(const Library *library, const Answers *a, const char *data)
{
    if (library->class_count && a->judged)
        nc_print("accuracy on %lld samples of %s: %.4f in float, %.4f in int8; %.2f %% of the answers are the same\n",
                 a->samples, data, (double)a->correct[0] / (double)a->judged,
                 (double)a->correct[1] / (double)a->judged, 100 * (double)a->alike / (double)a->all);
    nc_print("outputs for %lld samples of %s: in int8 they are %.2f %% of their size from those in float (root mean"
             " square)\n", a->samples, data, 100 * sqrt(a->squares > 0 ? a->error / a->squares : 0));
}

static void judge(const Compilation *c, const Library *library, const Options *options, const LoadedLibrary *exact,
                  const LoadedLibrary *integers)
{
    const Train *train = c->program->train;
    const bool test = train->test.data;
    const double most = most_arithmetic / (1 + library->multiply_adds);
    const int64_t outputs = shape_count(library->network->output);
    Answers answers = {.exact = exact, .integers = integers, .classes = library->network->output.dim[0]};
    answers.places = outputs / answers.classes;
    const struct nc_samples samples = {.test = test, .most = most < FEWEST_ANSWERS ? FEWEST_ANSWERS : (long long)most,
                                       .take = compare, .context = &answers};
    ask(c, options, library->weights_from, &samples);
    print_answers(library, &answers, (test ? train->test.data : train->data.data)->name);
}

bool quantized_check(const Compilation *c)
{
    if (!c->program->train) {
        nc_print_to(stderr, "netc build: --int8 calibrates with the data of a train block, and %s has none\n",
                    c->source->path);
        return false;
    }
    const bool fine = quantize_check(c->diag, pass_fuse(c->arena, c->lowering.evaluation->graph, quantize_fuses));
    diag_print(c->diag, stderr, nc_shows_colours(stderr));
    return fine;
}

/* Takes samples through the library in float, which is loaded for it: so the values of the model have ranges. */
static bool find_ranges(const Compilation *c, const Library *library, const Options *options,
                        const struct nc_samples *samples, LoadedLibrary *exact)
{
    const Graph *graph = c->lowering.evaluation->graph;
    if (!library_load(c->arena, library, options, NULL, exact))
        return false;
    calibration.library = exact;
    calibration.ranges = arena_alloc(c->arena, (size_t)graph->values.count * sizeof *calibration.ranges);
    calibration.input = graph->input->id;
    calibration.inputs = shape_count(graph->input->shape);
    void **observer = (void **)dlsym(exact->object, "observe");
    if (!observer)
        fail_bug("a library that is observed tells nothing");
    *observer = (void *)observe;
    ask(c, options, library->weights_from, samples);
    *observer = NULL;
    return true;
}

/* The library of a model in integers. NULL after saying why there is none. */
static Library *in_integers(const Compilation *c, const Library *library, const LoadedLibrary *exact)
{
    Arena *arena = c->arena;
    const Graph *graph = c->lowering.evaluation->graph;
    const KernelGraph *kernels = pass_fuse(arena, graph, quantize_fuses);
    kernel_graph_verify(kernels, "fuse");
    const Trained trained = {.parameters = parameters_of(arena, library, graph), .ranges = calibration.ranges,
                             .activation = activation, .context = exact->object};
    const IntegerGraph *made = pass_quantize(arena, c->diag, kernels, &trained);
    diag_print(c->diag, stderr, nc_shows_colours(stderr));
    if (!made)
        return NULL;
    Library *quantized = arena_make(arena, Library);
    Lowering *lowering = arena_make(arena, Lowering);
    *lowering = c->lowering;
    *quantized = *library;
    plain_lower_int8(lowering, made);
    quantized->core = &lowering->library;
    quantized->forward = lowering->text;
    quantized->embed = true;
    return quantized;
}

bool quantized_make(const Compilation *c, Library *library, const Options *options)
{
    const Train *train = c->program->train;
    struct nc_samples samples = {.take = calibrate};
    LoadedLibrary exact, integers;
    bool test;
    read_words(options->int8, &test, &samples.most);
    samples.test = test;
    if (!find_ranges(c, library, options, &samples, &exact))
        return false;
    const Library *quantized = in_integers(c, library, &exact);
    if (!quantized || !library_load(c->arena, quantized, options, NULL, &integers))
        return false;
    nc_print("calibrated on %lld samples of %s\n", calibration.count,
             (test ? train->test.data : train->data.data)->name);
    judge(c, library, options, &exact, &integers);
    *library = *quantized;
    return true;
}
