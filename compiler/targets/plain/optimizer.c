/* Optimizers, as torch's single-tensor loops have them: what each keeps of a number, and what it does to it. */
#include <string.h>

#include "base/fail.h"
#include "targets/plain/plain.h"

enum { MAX_VALUES = 16 };

/* g: the gradient; s: the settings of the parameter's group; steps: how many updates there have been, with this one.
 * Holes are those settings that are not 0 in all groups. */
typedef struct PlainOptimizer {
    const char *name, *formula;
    const char *state[PLAIN_STATES]; /* torch's names; with a condition */
    const char *begin;  /* once an update for each group */
    const char *keeps;  /* what a group keeps for it beside its settings */
    const char *before; /* for each parameter */
    const char *each;   /* for each number of it */
} PlainOptimizer;

#define DECAY "?weight_decay g += s->weight_decay * w[i];\n"
#define DECAY_EITHER                                                  \
    "?coupled g += s->weight_decay * w[i];\n"                         \
    "?decoupled w[i] *= 1 - s->lr * s->weight_decay;\n"               \
    "?mixed if (s->decoupled_weight_decay)\n"                         \
    "?mixed w[i] *= 1 - s->lr * s->weight_decay;\n"                   \
    "?mixed else\n"                                                   \
    "?mixed g += s->weight_decay * w[i];\n"
/* Averages that run along with the updates: torch rounds the two forms differently. */
#define TOWARDS(average, share, number) average "[i] += (1 - s->" share ") * (" number " - " average "[i]);\n"
#define FADING(average, share, factors)                               \
    average "[i] = s->" share " * " average "[i] + (1 - s->" share ") * " factors ";\n"
#define MEAN TOWARDS("exp_avg", "beta1", "g")
#define SQUARE(share) FADING("square_avg", share, "g * g")
#define AVERAGES MEAN FADING("exp_avg_sq", "beta2", "g * g")
#define STEP "w[i] -= s->lr * g;\n"
/* What an average lacks of its weights' sum after so few updates. */
#define CORRECTION(n) "correction" n " = 1 - pow(s->beta" n ", steps)"
#define ADAM_BEFORE "double " CORRECTION("1") ", " CORRECTION("2") ";\n"
#define ADAM                                                          \
    .formula = "m and v are running averages of g and g^2; w -= lr m / (sqrt(v) + eps)",                  \
    .state = {"exp_avg", "exp_avg_sq", "?amsgrad max_exp_avg_sq"}, .before = ADAM_BEFORE,                 \
    .each = DECAY_EITHER AVERAGES                                                          \
    "?amsgrad max_exp_avg_sq[i] = fmax(max_exp_avg_sq[i], exp_avg_sq[i]);\n"                              \
    "?amsgrad double square = s->amsgrad ? max_exp_avg_sq[i] : exp_avg_sq[i];\n"                          \
    "!amsgrad double square = exp_avg_sq[i];\n"                       \
    "w[i] -= s->lr / correction1 * exp_avg[i] / (sqrt(square) / sqrt(correction2) + s->eps);\n"
/* NAdam's momentum in an update. */
#define MU(update) "s->beta1 * (1 - 0.5 * pow(0.96, " update " * s->momentum_decay))"

static const PlainOptimizer optimizers[] = {
    {.name = "SGD", .formula = "w -= lr g, or with momentum m = momentum m + g, w -= lr m",
     .state = {"?momentum momentum_buffer"},
     .each = DECAY
             "?momentum if (s->momentum != 0) {\n"
             "?momentum momentum_buffer[i] = steps == 1 ? g : s->momentum * momentum_buffer[i] + $undamped;\n"
             "?nesterov g = s->nesterov ? g + s->momentum * momentum_buffer[i] : momentum_buffer[i];\n"
             "?momentum !nesterov g = momentum_buffer[i];\n"
             "?momentum }\n"
             STEP},
    {.name = "Adam", ADAM},
    {.name = "AdamW", ADAM},
    {.name = "Adamax", .formula = "m is a running average of g, u the largest g so far, fading; w -= lr m / u",
     .state = {"exp_avg", "exp_inf"},
     .before = "double " CORRECTION("1") ";\n",
     .each = DECAY MEAN
             "exp_inf[i] = fmax(s->beta2 * exp_inf[i], fabs(g) + s->eps);\n"
             "w[i] -= s->lr / correction1 * exp_avg[i] / exp_inf[i];\n"},
    {.name = "NAdam", .formula = "Adam with Nesterov's momentum, which rises from step to step",
     .state = {"exp_avg", "exp_avg_sq"}, .keeps = "mu_product",
     .begin = "s->mu_product = (steps > 1 ? s->mu_product : 1) * (" MU("steps") ");\n",
     .before = "double " CORRECTION("2") ";\n"
               "double mu = " MU("steps") ";\n"
               "double next = " MU("(steps + 1)") ";\n",
     .each = DECAY_EITHER AVERAGES
             "double below = sqrt(exp_avg_sq[i] / correction2) + s->eps;\n"
             "w[i] -= s->lr * (1 - mu) / (1 - s->mu_product) * g / below;\n"
             "w[i] -= s->lr * next / (1 - s->mu_product * next) * exp_avg[i] / below;\n"},
    {.name = "RAdam", .formula = "Adam that leaves v out as long as it says little",
     .state = {"exp_avg", "exp_avg_sq"},
     .before = ADAM_BEFORE
               "double longest = 2 / (1 - s->beta2) - 1;\n"
               "double length = longest - 2 * steps * pow(s->beta2, steps) / correction2;\n"
               "double rectified = length <= 5 ? 0 : sqrt((length - 4) * (length - 2) * longest / "
               "((longest - 4) * (longest - 2) * length));\n",
     .each = DECAY_EITHER AVERAGES
             "double change = s->lr * exp_avg[i] / correction1;\n"
             "if (length > 5)\n"
             "change *= rectified * sqrt(correction2) / (sqrt(exp_avg_sq[i]) + s->eps);\n"
             "w[i] -= change;\n"},
    {.name = "Adagrad", .formula = "v is the sum of all g^2; w -= lr g / (sqrt(v) + eps)",
     .state = {"sum"},
     .each = DECAY
             "?initial_accumulator_value if (steps == 1)\n"
             "?initial_accumulator_value sum[i] = s->initial_accumulator_value;\n"
             "sum[i] += g * g;\n"
             "?lr_decay w[i] -= s->lr / (1 + (steps - 1) * s->lr_decay) * g / (sqrt(sum[i]) + s->eps);\n"
             "!lr_decay w[i] -= s->lr * g / (sqrt(sum[i]) + s->eps);\n"},
    {.name = "Adadelta", .formula = "w -= lr d, d being g by the size of g, times the size of what d was so far",
     .state = {"square_avg", "acc_delta"},
     .each = DECAY SQUARE("rho")
             "double delta = sqrt(acc_delta[i] + s->eps) / sqrt(square_avg[i] + s->eps) * g;\n"
             FADING("acc_delta", "rho", "delta * delta")
             "w[i] -= s->lr * delta;\n"},
    {.name = "RMSprop", .formula = "v is a running average of g^2; w -= lr g / (sqrt(v) + eps)",
     .state = {"square_avg", "?centered grad_avg", "?momentum momentum_buffer"},
     .each = DECAY SQUARE("alpha")
             "?centered " TOWARDS("grad_avg", "alpha", "g")
             "?centered double spread = square_avg[i] - (s->centered ? grad_avg[i] * grad_avg[i] : 0);\n"
             "!centered double spread = square_avg[i];\n"
             "g /= sqrt(spread) + s->eps;\n"
             "?momentum if (s->momentum > 0)\n"
             "?momentum g = momentum_buffer[i] = s->momentum * momentum_buffer[i] + g;\n"
             STEP},
};

static const PlainOptimizer *optimizer_of(const Train *train)
{
    for (size_t i = 0; i < sizeof optimizers / sizeof *optimizers; i++)
        if (!strcmp(optimizers[i].name, train->optimizer->name))
            return &optimizers[i];
    fail_bug("the plain target has no formula for %s", train->optimizer->name);
}

/* ---- Settings ---------------------------------------------------------------------------------------------------- */

/* The arguments of an optimizer as names and numbers: betas are beta1 and beta2. */
typedef struct Settings {
    const char *name[MAX_VALUES];
    double value[MAX_VALUES];
    int count;
} Settings;

static void add(Settings *settings, const char *name, double value)
{
    settings->name[settings->count] = name;
    settings->value[settings->count++] = value;
}

static Settings settings_of(const OptimizerKind *kind, const Args *args)
{
    Settings settings = {.count = 0};
    for (int i = 0; kind->params[i].name; i++) {
        const Param *param = &kind->params[i];
        const Arg *arg = &args->at[i];
        if (param->refused)
            continue;
        if (param->type == ARG_NUMBERS) {
            add(&settings, "beta1", arg->list[0]);
            add(&settings, "beta2", arg->list[1]);
        } else {
            add(&settings, param->name, param->type == ARG_BOOL ? (double)arg->i : arg->f);
        }
    }
    return settings;
}

static int group_count(const Train *train)
{
    return 1 + train->parts.count;
}

static Settings group_settings(const Train *train, int group)
{
    return settings_of(train->optimizer, group ? &train->parts.at[group - 1].args : &train->optimizer_args);
}

int plain_group_of(const Train *train, const Parameter *parameter)
{
    for (int i = 0; i < train->parts.count; i++)
        for (int k = 0; k < train->parts.at[i].parameters.count; k++)
            if (train->parts.at[i].parameters.at[k] == parameter)
                return i + 1;
    return 0;
}

/* Fills the holes of all settings that some group has. */
static void set_settings(Plain *p, const Train *train)
{
    int decays = 0, decoupled = 0;
    for (int group = 0; group < group_count(train); group++) {
        Settings settings = group_settings(train, group);
        double decay = 0, apart = !strcmp(train->optimizer->name, "AdamW");
        for (int i = 0; i < settings.count; i++) {
            if (settings.value[i] != 0 || !plain_has(p, settings.name[i]))
                plain_set(p, settings.name[i], "%s", settings.value[i] != 0 ? "1" : "");
            if (!strcmp(settings.name[i], "weight_decay"))
                decay = settings.value[i];
            if (!strcmp(settings.name[i], "decoupled_weight_decay"))
                apart = settings.value[i];
        }
        decays += decay != 0;
        decoupled += decay != 0 && apart != 0;
    }
    plain_set(p, "coupled", "%s", decays && !decoupled ? "1" : "");
    plain_set(p, "decoupled", "%s", decays && decoupled == group_count(train) ? "1" : "");
    plain_set(p, "mixed", "%s", decoupled && decoupled < group_count(train) ? "1" : "");
    plain_set(p, "undamped", "%s", *plain_get(p, "dampening") ? "(1 - s->dampening) * g" : "g");
    if (plain_cycles_momentum(train))
        plain_set(p, "momentum", "1");
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

/* "momentum_buffer" of "?momentum momentum_buffer", or NULL where the condition does not hold. */
static const char *state_name(Plain *p, const char *state)
{
    if (!state || *state != '?')
        return state;
    const char *space = strchr(state, ' ');
    return *plain_get(p, arena_copy(p->arena, state + 1, (size_t)(space - state - 1))) ? space + 1 : NULL;
}

const char *plain_optimizer_state(Plain *p, int index)
{
    const Train *train = p->program->train;
    plain_forget(p);
    set_settings(p, train);
    return state_name(p, optimizer_of(train)->state[index]);
}

/* Whether a step reads a setting of its group. */
static bool reads(Plain *p, const char *step, const char *name)
{
    return text_has_word(step, arena_printf(p->arena, "s->%s", name));
}

/* The table of the groups' settings, those that `step` reads: how many a group has. A library's table is what they
 * begin with. */
static int print_groups(Plain *p, const Train *train, const char *step)
{
    const PlainOptimizer *optimizer = optimizer_of(train);
    Settings settings = group_settings(train, 0);
    Text names = text_new(p->arena);
    int count = optimizer->keeps ? 1 : 0;
    for (int i = 0; i < settings.count; i++)
        if (reads(p, step, settings.name[i])) {
            text_printf(&names, "%s%s", names.length ? ", " : "", settings.name[i]);
            count++;
        }
    text_printf(&p->t.text, "/* The settings of %s for each group of parameters. */\n"
                            "%sstruct group {\n    double %s;\n", train->optimizer->name,
                p->library ? "" : "static ", names.bytes);
    if (optimizer->keeps)
        text_printf(&p->t.text, "    double %s;\n", optimizer->keeps);
    text_add(&p->t.text, p->library ? "};\n\nstatic const struct group first_groups[] = {\n" : "} groups[] = {\n");
    for (int group = 0; group < group_count(train); group++) {
        settings = group_settings(train, group);
        text_add(&p->t.text, "    {");
        for (int i = 0, put = 0; i < settings.count; i++)
            if (reads(p, step, settings.name[i]))
                text_printf(&p->t.text, "%s%s%s", put++ ? ", " : "",
                            p->library ? "" : arena_printf(p->arena, ".%s = ", settings.name[i]),
                            plain_number(p, settings.value[i]));
        text_add(&p->t.text, optimizer->keeps ? ", 1},\n" : "},\n");
    }
    text_add(&p->t.text, "};\n\n");
    return count;
}

bool plain_gathers(const Train *train)
{
    return train->accumulate > 1 || train->clip_norm > 0 || train->clip_value > 0;
}

/* batches_of(), for what counts the updates of an epoch. */
static void print_batches(Plain *p, const Train *train)
{
    if (p->library || (!plain_gathers(train) && !plain_counts_updates(train)))
        return;
    plain_forget(p);
    plain_set(p, "batch", "%d", train->data.batch_size);
    plain_set(p, "round", "%s", train->data.drop_last ? "samples" : arena_printf(p->arena, "(samples + %d)",
                                                                                train->data.batch_size - 1));
    plain_print(p, "static int batches_of(int samples)\n"
                   "{\n"
                   "return $round / $batch;\n"
                   "}\n"
                   "\n");
}

/* Where the step finds what it changes: a program has it in variables of its own, a library in the state and in the
 * memory that it is handed. */
static void set_places(Plain *p)
{
    const bool library = p->library;
    plain_set(p, "library", "%s", library ? "1" : "");
    plain_set(p, "kept", library ? "t->" : "a.");
    plain_set(p, "groups", library ? "t->groups" : "groups");
    plain_set(p, "waiting", library ? "t->batches" : "batches");
    plain_set(p, "accumulated", library ? "t->accumulated" : "a.accumulated");
    plain_set(p, "w", library ? "block + parameters[p].w" : "parameters[p].w");
    plain_set(p, "dw", library ? "a + parameters[p].dw" : "parameters[p].dw");
    plain_set(p, "dwi", library ? "a[parameters[p].dw + i]" : "parameters[p].dw[i]");
    plain_set(p, "more", "%si < parameters[p].count", library ? "" : "parameters[p].dw != NULL && ");
}

#define GRADIENTS                               \
    "for (int p = 0; p < PARAMETERS; p++)\n"   \
    "for (int i = 0; $more; i++)\n"

/* What is done to gradients before the optimizer sees them. */
static void print_gather(Plain *p, const Train *train)
{
    if (!plain_gathers(train))
        return;
    plain_forget(p);
    plain_set(p, "batches", "%s", train->accumulate > 1 ? arena_printf(p->arena, "%d", train->accumulate) : "");
    plain_set(p, "norm", "%s", train->clip_norm > 0 ? plain_number(p, train->clip_norm) : "");
    plain_set(p, "most", "%s", train->clip_value > 0 ? plain_number(p, train->clip_value) : "");
    set_places(p);
    plain_print(p, "?batches /* The gradients of $batches batches, or of those that an epoch ends with, make an "
                   "update: whether it is due. */\n"
                   "!batches /* Clips the gradients. */\n"
                   "?library ?batches static int gather(struct training *t, real *a, int last)\n"
                   "?library !batches static int gather(struct training *t, real *a)\n"
                   "!library static int gather(int last)\n"
                   "{\n"
                   "?batches !library static int batches;\n"
                   "?batches !library $waiting++;\n"
                   "?batches ?library if (last && $waiting == 0)\n"
                   "?batches ?library return 0;\n"
                   "?batches ?library $waiting += !last;\n");
    if (train->accumulate > 1)
        plain_print(p, GRADIENTS
                       "{\n"
                       "real *sum = &$accumulated[parameters[p].at + i];\n"
                       "!library *sum = ($waiting == 1 ? 0 : *sum) + $dwi;\n"
                       "?library if (!last) /* its gradients are in it */\n"
                       "?library *sum = ($waiting == 1 ? 0 : *sum) + $dwi;\n"
                       "$dwi = *sum / $batches;\n"
                       "}\n"
                       "if ($waiting < $batches && !last)\n"
                       "return 0;\n"
                       "$waiting = 0;\n");
    else
        plain_print(p, "?library (void)t;\n"
                       "!library (void)last;\n");
    if (train->clip_norm > 0)
        plain_print(p, "double squares = 0;\n"
                       GRADIENTS
                       "squares += (double)$dwi * $dwi;\n"
                       "double factor = fmin($norm / (sqrt(squares) + 1e-6), 1);\n"
                       GRADIENTS
                       "$dwi *= factor;\n");
    if (train->clip_value > 0)
        plain_print(p, GRADIENTS
                       "$dwi = fmax(-$most, fmin($dwi, $most));\n");
    plain_print(p, "return 1;\n"
                   "}\n"
                   "\n");
}

/* Whether some parameters have no gradient, in a table of all. */
static bool has_still(const Plain *p)
{
    for (int i = 0; i < p->graph->values.count && !p->library; i++)
        if (p->graph->values.at[i]->producer->kind == OP_PARAMETER && !p->graph->values.at[i]->gradient)
            return true;
    return false;
}

/* Whether lines of the step read how many there have been. */
static bool counts(Plain *p, const char *lines)
{
    return lines && text_has_word(template_filled(&p->t, lines), "steps");
}

static void print_step(Plain *p)
{
    const Train *train = p->program->train;
    const PlainOptimizer *optimizer = optimizer_of(train);
    plain_forget(p);
    set_settings(p, train);
    set_places(p);
    plain_set(p, "name", "%s", train->optimizer->name);
    plain_set(p, "formula", "%s", optimizer->formula);
    Text pointers = text_new(p->arena);
    for (int i = 0; i < PLAIN_STATES; i++) {
        const char *state = state_name(p, optimizer->state[i]);
        if (state)
            text_printf(&pointers, "%sreal *%s = %s%s + parameters[p].at;", pointers.length ? "\n" : "", state,
                        plain_get(p, "kept"), state);
    }
    plain_set(p, "pointers", "%s", pointers.bytes);
    plain_set(p, "still", has_still(p) ? "1" : "");
    plain_set(p, "several", "%s", optimizer->begin ? "1" : "");
    plain_set(p, "counted", "%s", counts(p, optimizer->begin) || counts(p, optimizer->before) ||
                                  counts(p, optimizer->each) ? "1" : "");
    plain_set(p, "end", p->library ? "%d" : "sizeof groups / sizeof *groups", group_count(train));
    plain_print(p, "/* $name: $formula. */\n"
                   "?library static void step(struct training *t, real *a, real *block)\n"
                   "!library static void step(void)\n"
                   "{\n"
                   "?library ?counted const int steps = ++t->steps;\n"
                   "?library !counted t->steps++;\n"
                   "!library steps++;\n"
                   "?several for (struct group *s = $groups; s < $groups + $end; s++)\n");
    if (optimizer->begin)
        plain_print(p, optimizer->begin);
    plain_print(p, "for (int p = 0; p < PARAMETERS; p++) {\n"
                   "const struct group *s = &$groups[parameters[p].group];\n"
                   "real *w = $w, *dw = $dw;\n"
                   "?pointers $pointers\n"
                   "?still if (dw == NULL) /* it does not learn */\n"
                   "?still continue;\n");
    if (optimizer->before)
        plain_print(p, optimizer->before);
    plain_print(p, "for (int i = 0; i < parameters[p].count; i++) {\n"
                   "?maximize double g = s->maximize ? -dw[i] : dw[i];\n"
                   "!maximize double g = dw[i];\n");
    plain_print(p, optimizer->each);
    plain_print(p, "}\n}\n}\n\n");
}

int64_t plain_print_optimizer(Plain *p)
{
    const Train *train = p->program->train;
    const Text kept = p->t.text;
    p->t.text = text_new(p->arena);
    print_step(p);
    const char *step = p->t.text.bytes;
    p->t.text = kept;
    print_batches(p, train);
    const int settings = print_groups(p, train, step);
    const int64_t bytes = p->library ? plain_print_state(p, settings) : 0;
    if (!p->library)
        text_add(&p->t.text, "static int steps; /* updates so far */\n\n");
    text_add(&p->t.text, step);
    print_gather(p, train);
    return bytes;
}
