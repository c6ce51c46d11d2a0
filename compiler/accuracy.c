/* The references are the target plain's text of the same model, compiled twice: with all in double, and with all in
 * float. They are loaded into this process, as the second form of a run is (tier.c). */
#include "accuracy.h"

#include <dlfcn.h>

#include "base/fail.h"
#include "commands/accuracy.h"
#include "loaded.h"
#include "system/printable.h"

/* Multiplications and additions that a reference may take: some ten seconds of scalar code. */
static const double most_arithmetic = 2e10;
enum { FEWEST_SAMPLES = 2, MOST_SAMPLES = 16 };

/* So many samples that the references are done soon; norms over the batch want two. */
static int choose_samples(const Compilation *c)
{
    const int batch = c->program->train->data.batch_size;
    double samples = most_arithmetic / (1 + c->request->target->arithmetic(&c->lowering));
    samples = samples < FEWEST_SAMPLES ? FEWEST_SAMPLES : samples > MOST_SAMPLES ? MOST_SAMPLES : samples;
    return samples < batch ? (int)samples : batch;
}

/* The reference of a text. NULL after saying on stderr why there is none. */
static const struct nc_reference *make(Arena *arena, const Options *options, const char *text)
{
    const CcRequest request = {
        .text = text, .compiler = options->compiler, .march = "native", .verbose = options->verbose};
    void *loaded = object_load(arena, &request);
    const struct nc_reference *reference = loaded ? dlsym(loaded, "reference") : NULL;
    if (loaded && !reference)
        fail_bug("a reference is not there: %s", dlerror());
    return reference;
}

bool accuracy_begin(const Compilation *c, const Options *options)
{
    static struct nc_accuracy accuracy;
    struct nc_made *made;
    Lowering plain;
    if (options->profile) {
        nc_print_to(stderr, "netc run: accuracy makes no steps that --profile could measure\n");
        return false;
    }
    if (!cc_identity(c->arena, options->compiler)) {
        nc_print_to(stderr, "netc run: accuracy compares with what a C compiler makes, and there is no '%s' here: "
                            "install gcc or clang, or name another with --cc\n", options->compiler);
        return false;
    }
    accuracy.made_count = c->request->target->made(&made, &c->lowering);
    accuracy.made = made;
    accuracy.samples = choose_samples(c);
    if (!compile_for(c, &target_plain, EMIT_OBJECT, accuracy.samples, &plain))
        return false;
    accuracy.exact = make(c->arena, options, arena_printf(c->arena, "#define real double\n%s", plain.text));
    accuracy.plain = accuracy.exact ? make(c->arena, options, arena_printf(c->arena, "#define NARROW\n%s", plain.text))
                                    : NULL;
    if (!accuracy.plain)
        return false;
    nc_accuracy_set(&accuracy);
    return true;
}
