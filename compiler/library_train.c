/* The frame of a library that trains: what stands around the step that the target prints (LibraryCore). */
#include <inttypes.h>
#include <string.h>

#include "library.h"

static bool has_classes(const Library *l)
{
    return l->program->train->loss->classes;
}

/* How many numbers a target has, and of which type. */
static int64_t target_numbers(const Library *l)
{
    const Shape out = l->network->output;
    return shape_count(has_classes(l) ? shape_places(out) : out);
}

static const char *target_type(const Library *l)
{
    return has_classes(l) ? "int" : "float";
}

/* The rate of the parameters that have no settings of their own. */
static double rate(const Train *train)
{
    int i = 0;
    while (strcmp(train->optimizer->params[i].name, "lr") != 0)
        i++;
    return train->optimizer_args.at[i].f;
}

void library_put_training_constants(Text *out, const Library *l)
{
    const TrainingCore *core = l->training;
    const Train *train = l->program->train;
    library_put_constant(out, l, "BATCH", core->batch, "samples of a step, at most");
    library_put_constant(out, l, "TARGETS", target_numbers(l), "numbers of a sample's target");
    if (train->has_seed)
        library_put_constant(out, l, "SEED", (int64_t)(train->seed & 0xffffffffu), "of the .net file");
    text_printf(out, "#define %s_LR %s /* the learning rate of the .net file */\n", l->name,
                text_double(out->arena, rate(train)));
    library_put_constant(out, l, "TRAIN_ARENA_BYTES", core->arena, "memory that NAME_train_step works in");
    text_printf(out, "#define %s_STATE_BYTES (%s_WEIGHTS_BYTES + %" PRId64 ") /* what training changes */\n", l->name,
                l->name, core->state);
}

/* Whether the program that has the loop says where an epoch ends; and with which metric. */
static bool steps_after_epochs(const Train *train)
{
    return train->scheduler && !train->every_batch;
}

static bool has_metric(const Train *train)
{
    return steps_after_epochs(train) && train->scheduler->kind->metric;
}

static void put_rate_declarations(Text *out, const Library *l)
{
    static const char *const metrics[] = {"", "test_loss", "test_accuracy", "train_loss", "train_accuracy"};
    const Train *train = l->program->train;
    if (!train->scheduler)
        library_put(out, l, "\n/* Sets the learning rates to those of the .net file times `factor`. */\n"
                            "int NAME_scale_lr(void *state, double factor);\n");
    else
        text_printf(out, "\n/* The learning rate of the next update, which %s sets%s. 0: that is no state. */\n"
                         "double %s_lr(const void *state);\n", train->scheduler->kind->name,
                    train->every_batch ? " after each" : "", l->name);
    if (l->training->ends_epochs)
        text_printf(out, "\n/* An epoch has ended%s%s:%s%s%s. */\n"
                         "int %s_end_epoch(void *state%s%s);\n",
                    has_metric(train) ? ", with this " : "", has_metric(train) ? metrics[train->metric] : "",
                    train->accumulate > 1 ? " an update by the batches that wait for one" : "",
                    train->accumulate > 1 && steps_after_epochs(train) ? ", and" : "",
                    steps_after_epochs(train) ? " the scheduler's step" : "", l->name,
                    has_metric(train) ? ", double metric" : "", train->accumulate > 1 ? ", void *arena" : "");
}

/* The step; the one where the targets are probabilities of classes, if `soft`. */
static void put_step_head(Text *out, const Library *l, bool soft)
{
    text_printf(out, "int %s_train_step%s(void *state, const %s *x, const %s *targets, int count, float *loss,"
                     " void *arena)", l->name, soft ? "_soft" : "", l->network->tokens ? "int" : "float",
                soft ? "float" : target_type(l));
}

void library_put_training_declarations(Text *out, const Library *l)
{
    const Train *train = l->program->train;
    library_put(out, l, "\n/* Training. All that it changes is in a state of NAME_STATE_BYTES bytes, which the caller"
                        " has, at an address for\n"
                        " * doubles. It begins as the file of parameters does: NAME_predict takes it for `weights`. It"
                        " has no pointers.\n"
                        " * arena: NAME_TRAIN_ARENA_BYTES bytes at an address for doubles; what is in them before and"
                        " after is of no account. */\n\n");
    text_printf(out, "/* Begins with the parameters that PyTorch draws after torch.manual_seed(seed)%s. */\n",
                train->has_seed ? arena_printf(out->arena, "; %s_SEED is the file's", l->name) : "");
    library_put(out, l, "int NAME_init(void *state, unsigned seed, void *arena);\n");
    text_printf(out, "\n/* One step on `count` samples x, one behind the other, with their targets: forward, backward,"
                     " and what\n"
                     " * %s does. Sets *loss, that of the samples before the step.%s */\n",
                train->optimizer->name,
                train->accumulate < 2 ? ""
                                      : arena_printf(out->arena, "\n * The parameters change with each %dth call.",
                                                     train->accumulate));
    put_step_head(out, l, false);
    text_add(out, ";\n");
    if (l->training->probabilities) {
        text_add(out, "\n/* The same where a sample has a probability for each class, in the order of the outputs, in"
                      " place of a label. */\n");
        put_step_head(out, l, true);
        text_add(out, ";\n");
    }
    put_rate_declarations(out, l);
    library_put(out, l, "\n/* Copies the state to a buffer, or sets it from one. NAME_WEIGHTS_BYTES bytes are the"
                        " parameters alone, a file for\n"
                        " * NAME_predict; NAME_STATE_BYTES are all: training goes on from there as if it had not been"
                        " stopped. The buffer may\n"
                        " * be the state itself: so a state that was read from somewhere is checked. */\n"
                        "int NAME_save(const void *state, void *buffer, size_t bytes);\n"
                        "int NAME_load(void *state, const void *buffer, size_t bytes);\n");
}

/* ---- The functions ----------------------------------------------------------------------------------------------- */

static void put_checks(Text *out, const Library *l, bool soft)
{
    library_put(out, l, "    if (state == NULL || x == NULL || targets == NULL || loss == NULL || arena == NULL)\n"
                        "        return NAME_NO_POINTER;\n"
                        "    if (!is_state(state))\n"
                        "        return NAME_NO_STATE;\n");
    text_printf(out, "    if (count < %d || count > %s_BATCH)\n"
                     "        return %s_NO_COUNT;\n", l->training->least, l->name, l->name);
    if (l->network->tokens)
        library_put(out, l, "    for (long i = 0; i < (long)count * NAME_INPUTS; i++)\n"
                            "        if (x[i] < 0 || x[i] >= NAME_TOKENS)\n"
                            "            return NAME_NO_TOKEN;\n");
    if (has_classes(l) && !soft)
        library_put(out, l, arena_printf(out->arena,
                                         "    for (long i = 0; i < (long)count * NAME_TARGETS; i++)\n"
                                         "        if ((targets[i] < 0 || targets[i] >= %" PRId64 ") && targets[i] !="
                                         " %" PRId64 ")\n"
                                         "            return NAME_NO_CLASS;\n", l->network->output.dim[0],
                                         l->training->ignored));
}

static void put_step(Text *out, const Library *l, bool soft)
{
    put_step_head(out, l, soft);
    text_add(out, "\n{\n");
    put_checks(out, l, soft);
    text_printf(out, "    *loss = training_step(training_of(state), count, x, %s, (float *)arena,"
                     " parameters_of(state));\n", soft ? "NULL, targets" : "targets, NULL");
    library_put(out, l, "    return NAME_DONE;\n"
                        "}\n\n");
}

static void put_rates(Text *out, const Library *l)
{
    const Train *train = l->program->train;
    const bool arena = train->accumulate > 1;
    if (!train->scheduler)
        library_put(out, l, "int NAME_scale_lr(void *state, double factor)\n"
                            "{\n"
                            "    if (state == NULL)\n"
                            "        return NAME_NO_POINTER;\n"
                            "    if (!is_state(state))\n"
                            "        return NAME_NO_STATE;\n"
                            "    training_scale(training_of(state), factor);\n"
                            "    return NAME_DONE;\n"
                            "}\n\n");
    else
        library_put(out, l, "double NAME_lr(const void *state)\n"
                            "{\n"
                            "    if (state == NULL || !is_state(state))\n"
                            "        return 0;\n"
                            "    return training_lr((const struct training *)((const unsigned char *)state +"
                            " NAME_WEIGHTS_BYTES));\n"
                            "}\n\n");
    if (l->training->ends_epochs) {
        text_printf(out, "int %s_end_epoch(void *state%s%s)\n", l->name, has_metric(train) ? ", double metric" : "",
                    arena ? ", void *arena" : "");
        text_printf(out, "{\n"
                         "    if (state == NULL%s)\n", arena ? " || arena == NULL" : "");
        library_put(out, l, "        return NAME_NO_POINTER;\n"
                            "    if (!is_state(state))\n"
                            "        return NAME_NO_STATE;\n");
        text_printf(out, "    training_end_epoch(training_of(state), %s, %s, parameters_of(state));\n",
                    has_metric(train) ? "metric" : "0", arena ? "(float *)arena" : "NULL");
        library_put(out, l, "    return NAME_DONE;\n"
                            "}\n\n");
    }
}

void library_put_training(Text *out, const Library *l)
{
    library_put(out, l, "/* The parts of a state. */\n"
                        "static float *parameters_of(void *state)\n"
                        "{\n"
                        "    return (float *)((unsigned char *)state + sizeof beginning);\n"
                        "}\n\n"
                        "static struct training *training_of(void *state)\n"
                        "{\n"
                        "    return (struct training *)((unsigned char *)state + NAME_WEIGHTS_BYTES);\n"
                        "}\n\n"
                        "static int is_state(const void *state)\n"
                        "{\n"
                        "    return memcmp(state, beginning, sizeof beginning) == 0 &&\n"
                        "           training_is_valid((const struct training *)((const unsigned char *)state +"
                        " NAME_WEIGHTS_BYTES));\n"
                        "}\n\n"
                        "int NAME_init(void *state, unsigned seed, void *arena)\n"
                        "{\n"
                        "    if (state == NULL || arena == NULL)\n"
                        "        return NAME_NO_POINTER;\n"
                        "    memset(state, 0, NAME_WEIGHTS_BYTES);\n"
                        "    memcpy(state, beginning, sizeof beginning);\n"
                        "    training_begin(training_of(state), seed, parameters_of(state), arena);\n"
                        "    return NAME_DONE;\n"
                        "}\n\n");
    put_step(out, l, false);
    if (l->training->probabilities)
        put_step(out, l, true);
    put_rates(out, l);
    library_put(out, l, "int NAME_save(const void *state, void *buffer, size_t bytes)\n"
                        "{\n"
                        "    if (state == NULL || buffer == NULL)\n"
                        "        return NAME_NO_POINTER;\n"
                        "    if (!is_state(state))\n"
                        "        return NAME_NO_STATE;\n"
                        "    if (bytes != NAME_WEIGHTS_BYTES && bytes != NAME_STATE_BYTES)\n"
                        "        return NAME_OTHER_SIZE;\n"
                        "    memmove(buffer, state, bytes);\n"
                        "    return NAME_DONE;\n"
                        "}\n\n"
                        "int NAME_load(void *state, const void *buffer, size_t bytes)\n"
                        "{\n"
                        "    if (state == NULL || buffer == NULL)\n"
                        "        return NAME_NO_POINTER;\n"
                        "    if (bytes != NAME_WEIGHTS_BYTES && bytes != NAME_STATE_BYTES)\n"
                        "        return NAME_OTHER_SIZE;\n"
                        "    if (memcmp(buffer, beginning, sizeof beginning) != 0)\n"
                        "        return NAME_OTHER_WEIGHTS;\n"
                        "    if (!is_state(bytes == NAME_STATE_BYTES ? buffer : state))\n"
                        "        return NAME_NO_STATE;\n"
                        "    memmove(state, buffer, bytes);\n"
                        "    return NAME_DONE;\n"
                        "}\n\n");
}
