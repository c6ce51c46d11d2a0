/* Schedulers, as torch's classes compute them: from the rate before where torch's do, in double. */
#include <inttypes.h>
#include <string.h>

#include "base/fail.h"
#include "targets/plain/plain.h"

/* What a class does. Holes are its arguments; lr is the rate now, base torch's base_lr, s->epoch torch's last_epoch,
 * `initial` whether the scheduler is being made; group is where the momentum stands. */
typedef struct PlainScheduler {
    const char *name;
    const char *rate;  /* the body that returns the next rate */
    const char *first; /* the rate for epoch 0 by torch's closed form, which SequentialLR begins with; NULL: `rate` */
    const char *make;  /* for each group g, when it is made */
    const char *base;  /* what base is instead of the rate that the group begins with; NULL: that */
} PlainScheduler;

#define CYCLED(text) "?cycle_momentum " text

static const PlainScheduler schedulers[] = {
    {.name = "StepLR", .rate = "return s->epoch == 0 || s->epoch % $step_size != 0 ? lr : lr * $gamma;\n",
     .first = "base"},
    {.name = "MultiStepLR",
     .rate = "static const int milestones[] = {$milestones};\n"
             "for (size_t i = 0; i < sizeof milestones / sizeof *milestones; i++)\n"
             "if (milestones[i] == s->epoch)\n"
             "lr *= $gamma;\n"
             "return lr;\n",
     .first = "base * pow($gamma, $milestones_at_once)"},
    {.name = "ExponentialLR", .rate = "return initial ? lr : lr * $gamma;\n", .first = "base"},
    {.name = "ConstantLR",
     .rate = "if (s->epoch == 0)\n"
             "return lr * $factor;\n"
             "return s->epoch == $total_iters ? lr * (1 / $factor) : lr;\n",
     .first = "base * ($factor + ($total_iters <= 0) * (1 - $factor))"},
    {.name = "LinearLR",
     .rate = "double rise = $end_factor - $start_factor;\n"
             "if (s->epoch == 0)\n"
             "return lr * $start_factor;\n"
             "if (initial || s->epoch > $total_iters)\n"
             "return lr;\n"
             "return lr * (1 + rise / ($total_iters * $start_factor + (s->epoch - 1) * rise));\n",
     .first = "base * $start_factor"},
    {.name = "PolynomialLR",
     .rate = "if (initial || s->epoch > $total_iters)\n"
             "return lr;\n"
             "return lr * pow((1 - s->epoch / $total_iters.0) / (1 - (s->epoch - 1) / $total_iters.0), $power);\n",
     .first = "base"},
    {.name = "CosineAnnealingLR",
     .rate = "if (initial)\n"
             "return lr;\n"
             "if (s->steps == 1 && s->epoch > 0)\n"
             "return $eta_min + (base - $eta_min) * (1 + cos(s->epoch * $PI / $T_max)) / 2;\n"
             "if ((s->epoch - 1 - $T_max) % (2 * $T_max) == 0)\n"
             "return lr + (base - $eta_min) * (1 - cos($PI / $T_max)) / 2;\n"
             "return (1 + cos($PI * s->epoch / $T_max)) / (1 + cos($PI * (s->epoch - 1) / $T_max)) * (lr - $eta_min)"
             " + $eta_min;\n",
     .first = "base"},
    {.name = "CosineAnnealingWarmRestarts",
     .rate = "int at = s->epoch, length = $T_0;\n"
             "while (at >= length) {\n"
             "at -= length;\n"
             "length *= $T_mult;\n"
             "}\n"
             "return $eta_min + (base - $eta_min) * (1 + cos($PI * at / length)) / 2;\n"},
    {.name = "OneCycleLR",
     .rate = "double total = $total, rise = $pct_start * total;\n"
             "double first = $max_lr / $div_factor, last = first / $final_div_factor;\n"
             "double begin = 0, end = rise - 1, from = first, to = $max_lr;\n"
             CYCLED("double momentum_from = $max_momentum, momentum_to = $base_momentum;\n")
             "if (s->epoch > end) {\n"
             "begin = end;\n"
             "!three_phase end = total - 1;\n"
             "?three_phase end = 2 * rise - 2;\n"
             "from = $max_lr;\n"
             "!three_phase to = last;\n"
             "?three_phase to = first;\n"
             CYCLED("momentum_from = $base_momentum;\n")
             CYCLED("momentum_to = $max_momentum;\n")
             "?three_phase if (s->epoch > end) {\n"
             "?three_phase begin = end;\n"
             "?three_phase end = total - 1;\n"
             "?three_phase from = first;\n"
             "?three_phase to = last;\n"
             "?three_phase " CYCLED("momentum_from = $max_momentum;\n")
             "?three_phase }\n"
             "}\n"
             "double share = end - begin != 0 ? (s->epoch - begin) / (end - begin) : 1;\n"
             CYCLED("group->$momentum = anneal(momentum_from, momentum_to, share);\n")
             "return anneal(from, to, share);\n",
     .make = "$rates.initial_lr[g] = $max_lr / $div_factor;\n"
             CYCLED("$groups[g].$momentum = $max_momentum;\n")},
    {.name = "CyclicLR",
     .rate = "double up = $step_size_up, total = up + $down, ratio = up / total;\n"
             "double cycle = floor(1 + s->epoch / total), x = 1 + s->epoch / total - cycle;\n"
             "double height = x <= ratio ? x / ratio : (x - 1) / (ratio - 1);\n"
             "height *= $scale;\n"
             CYCLED("group->$momentum = $max_momentum - ($max_momentum - $base_momentum) * height;\n")
             "return base + ($max_lr - base) * height;\n",
     .make = "$groups[g].lr = $base_lr;\n"
             CYCLED("$groups[g].$momentum = $max_momentum;\n"),
     .base = "$base_lr"},
};

static const PlainScheduler *scheduler_of(const Scheduler *s)
{
    for (size_t i = 0; i < sizeof schedulers / sizeof *schedulers; i++)
        if (!strcmp(schedulers[i].name, s->kind->name))
            return &schedulers[i];
    return NULL; /* ReduceLROnPlateau, which is no sequence of rates */
}

/* ---- Arguments --------------------------------------------------------------------------------------------------- */

static int place_of(const Scheduler *s, const char *name)
{
    for (int i = 0; s->kind->params[i].name; i++)
        if (!strcmp(s->kind->params[i].name, name))
            return i;
    fail_bug("%s has no argument %s", s->kind->name, name);
}

static const Arg *argument(const Scheduler *s, const char *name)
{
    return &s->args.at[place_of(s, name)];
}

static void set_list(Plain *p, const Arg *arg)
{
    Text list = text_new(p->arena);
    int at_once = 0;
    for (int i = 0; i < arg->list_count; i++) {
        text_printf(&list, "%s%.0f", i ? ", " : "", arg->list[i]);
        at_once += arg->list[i] >= -1 && arg->list[i] <= 0;
    }
    plain_set(p, "milestones", "%s", list.bytes);
    plain_set(p, "milestones_at_once", "%d", at_once);
}

/* OneCycleLR: its number of steps, which the run may have to say. */
static void set_total(Plain *p, const Scheduler *s)
{
    const Arg *total = argument(s, "total_steps"), *epochs = argument(s, "epochs"),
              *steps = argument(s, "steps_per_epoch");
    if (!total->none) {
        plain_set(p, "total", "%" PRId64, total->i);
        return;
    }
    int64_t of_run = p->program->train->epochs;
    plain_set(p, "total", "%" PRId64 ".0 * %s", epochs->i < 0 ? of_run : epochs->i,
              steps->i < 0 ? "rates.updates_per_epoch" : arena_printf(p->arena, "%" PRId64, steps->i));
}

/* CyclicLR: how high its peaks are. */
static void set_cycle(Plain *p, const Scheduler *s)
{
    const Arg *down = argument(s, "step_size_down");
    const char *mode = argument(s, "mode")->s;
    plain_set(p, "down", "%s", down->none ? "up" : arena_printf(p->arena, "%" PRId64, down->i));
    plain_set(p, "scale", "%s", !strcmp(mode, "triangular2") ? "1 / pow(2, cycle - 1)"
                                : !strcmp(mode, "exp_range") ? arena_printf(p->arena, "pow(%s, s->epoch)",
                                                                            plain_get(p, "gamma"))
                                                             : "1");
}

/* What a scheduler cycles beside the rate: the momentum, or the first beta. */
static const char *momentum_name(const Train *train)
{
    for (int i = 0; train->optimizer->params[i].name; i++)
        if (train->optimizer->params[i].type == ARG_NUMBERS)
            return "beta1";
    return "momentum";
}

/* Where the groups and the rates are: a program has them in variables of its own, a library in the state; and how
 * functions take and pass the state: alone, or in front of something else. */
static void set_places(Plain *p)
{
    const bool library = p->library;
    plain_set(p, "groups", library ? "t->groups" : "groups");
    plain_set(p, "rates", library ? "t->rates" : "rates");
    plain_set(p, "state", library ? "struct training *t" : "void");
    plain_set(p, "takes_metric", library ? "struct training *t, double metric" : "double metric");
    plain_set(p, "metric", library ? "t, metric" : "metric");
    plain_set(p, "takes_scheduler", library ? "struct training *t, struct scheduler *s" : "struct scheduler *s");
    plain_set(p, "t_and", library ? "t, " : "");
    plain_set(p, "library", library ? "1" : "");
}

static void set_arguments(Plain *p, const Scheduler *s)
{
    plain_forget(p);
    set_places(p);
    for (int i = 0; s->kind->params[i].name; i++) {
        const Param *param = &s->kind->params[i];
        const Arg *arg = &s->args.at[i];
        if (param->refused || arg->none || param->type == ARG_SCHEDULERS)
            continue;
        if (param->type == ARG_FLOATS)
            set_list(p, arg);
        else if (param->type == ARG_STRING)
            plain_set(p, param->name, "%s", arg->s);
        else if (param->type == ARG_BOOL)
            plain_set(p, param->name, "%s", arg->i ? "1" : "");
        else if (param->type == ARG_INT || param->type == ARG_SIZE)
            plain_set(p, param->name, "%" PRId64, arg->i);
        else
            plain_set(p, param->name, "%s", plain_number(p, arg->f));
    }
    plain_set(p, "PI", "3.141592653589793");
    plain_set(p, "momentum", "%s", momentum_name(p->program->train));
    if (!strcmp(s->kind->name, "OneCycleLR"))
        set_total(p, s);
    if (!strcmp(s->kind->name, "CyclicLR"))
        set_cycle(p, s);
}

bool plain_cycles_momentum(const Train *train)
{
    const Scheduler *s = train->scheduler;
    bool cycles = s && s->kind->cycles && s->args.at[s->kind->cycles].i;
    for (int i = 0; s && i < s->children.count; i++) {
        const Scheduler *child = s->children.at[i];
        cycles = cycles || (child->kind->cycles && child->args.at[child->kind->cycles].i);
    }
    return cycles;
}

static bool takes_updates(const Scheduler *s)
{
    bool takes = s && !strcmp(s->kind->name, "OneCycleLR");
    for (int i = 0; s && i < s->children.count; i++)
        takes = takes || takes_updates(s->children.at[i]);
    return takes;
}

/* Whether a scheduler goes by how many updates the data make an epoch, and nothing else says it. */
bool plain_asks_for_updates(const Scheduler *s)
{
    bool asks = !strcmp(s->kind->name, "OneCycleLR") && argument(s, "total_steps")->none &&
                argument(s, "steps_per_epoch")->i < 0;
    for (int i = 0; i < s->children.count; i++)
        asks = asks || plain_asks_for_updates(s->children.at[i]);
    return asks;
}

bool plain_counts_updates(const Train *train)
{
    return train->scheduler && (!train->every_batch || takes_updates(train->scheduler));
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static bool is_sequential(const Scheduler *s)
{
    return !strcmp(s->kind->name, "SequentialLR");
}

/* The schedulers that have rates: the children, or the one that there is. */
static int child_count(const Scheduler *s)
{
    return s->kind->several ? s->children.count : 1;
}

static const Scheduler *child(const Scheduler *s, int i)
{
    return s->kind->several ? s->children.at[i] : s;
}

static bool is_most(const Scheduler *s)
{
    return !strcmp(argument(s, "mode")->s, "max");
}

static void print_plateau(Plain *p, const Scheduler *s, int number)
{
    set_arguments(p, s);
    plain_set(p, "number", "%d", number);
    bool most = is_most(s), absolute = !strcmp(argument(s, "threshold_mode")->s, "abs");
    plain_set(p, "sign", "%s", most ? "+" : "-");
    plain_set(p, "than", "%s", most ? ">" : "<");
    plain_set(p, "bound", absolute ? "%s.best %s %s" : "%s.best * (1 %s %s)", plain_get(p, "rates"),
              plain_get(p, "sign"), plain_get(p, "threshold"));
    plain_print(p, "/* ReduceLROnPlateau: less where the metric has not become better for some epochs. */\n"
                   "static void plateau_$number($takes_metric)\n"
                   "{\n"
                   "$rates.bad++;\n"
                   "if (metric $than $bound) {\n"
                   "$rates.best = metric;\n"
                   "$rates.bad = 0;\n"
                   "}\n"
                   "if ($rates.cooling > 0) {\n"
                   "$rates.cooling--;\n"
                   "$rates.bad = 0;\n"
                   "}\n"
                   "if ($rates.bad <= $patience)\n"
                   "return;\n"
                   "for (int g = 0; g < GROUPS; g++) {\n"
                   "double less = fmax($groups[g].lr * $factor, $min_lr);\n"
                   "if ($groups[g].lr - less > $eps)\n"
                   "$groups[g].lr = less;\n"
                   "}\n"
                   "$rates.cooling = $cooldown;\n"
                   "$rates.bad = 0;\n"
                   "}\n"
                   "\n");
}

static void print_rate(Plain *p, const Scheduler *s, int number)
{
    const PlainScheduler *row = scheduler_of(s);
    set_arguments(p, s);
    if (!strcmp(s->kind->name, "OneCycleLR"))
        plain_print(p, !strcmp(argument(s, "anneal_strategy")->s, "linear")
                           ? "static double anneal(double from, double to, double share)\n"
                             "{\n"
                             "return (to - from) * share + from;\n"
                             "}\n\n"
                           : "static double anneal(double from, double to, double share)\n"
                             "{\n"
                             "return to + (from - to) / 2 * (cos($PI * share) + 1);\n"
                             "}\n\n");
    Text kept = p->t.text;
    p->t.text = text_new(p->arena);
    plain_print(p, "{\n");
    plain_print(p, row->rate);
    plain_print(p, "}\n\n");
    const char *body = p->t.text.bytes;
    p->t.text = kept;
    static const char *const parameters[] = {"s", "base", "initial"};
    plain_set(p, "number", "%d", number);
    plain_set(p, "name", "%s", s->kind->name);
    plain_print(p, "/* $name */\n"
                   "static double rate_$number(const struct scheduler *s, struct group *group, double base, "
                   "int initial)\n");
    text_add(&p->t.text, "{\n");
    for (int i = 0; i < 3; i++)
        if (!text_has_word(body, parameters[i]))
            text_printf(&p->t.text, "    (void)%s;\n", parameters[i]);
    if (text_has_word(body, "lr"))
        text_add(&p->t.text, "    double lr = group->lr;\n");
    else if (!text_has_word(body, "group"))
        text_add(&p->t.text, "    (void)group;\n");
    text_add(&p->t.text, body + 2);
}

/* The call that makes scheduler `i`: with its base, and its first rate. */
static void print_start(Plain *p, const Scheduler *s, int number, bool first)
{
    const PlainScheduler *row = scheduler_of(s);
    set_arguments(p, s);
    plain_set(p, "number", "%d", number);
    plain_set(p, "first", "%s", first && strcmp(s->kind->name, "OneCycleLR") ? "1" : "");
    plain_print(p, "for (int g = 0; g < GROUPS; g++) {\n");
    if (row->make)
        plain_print(p, row->make);
    plain_print(p, "?first $rates.initial_lr[g] = $groups[g].lr;\n");
    plain_print(p, arena_printf(p->arena, "$rates.schedulers[$number].base[g] = %s;\n"
                                          "}\n"
                                          "$rates.schedulers[$number].epoch = -1;\n"
                                          "next_rates($t_and&$rates.schedulers[$number], rate_$number, 1);\n",
                                row->base ? row->base : "$rates.initial_lr[g]"));
}

/* The rates that SequentialLR begins with at a milestone. */
static void print_restart(Plain *p, const Scheduler *s, int number)
{
    const PlainScheduler *row = scheduler_of(s);
    set_arguments(p, s);
    plain_set(p, "number", "%d", number);
    plain_print(p, "$rates.schedulers[$number].epoch = 0;\n"
                   "for (int g = 0; g < GROUPS; g++) {\n");
    if (row->first)
        plain_print(p, arena_printf(p->arena, "double base = $rates.schedulers[$number].base[g];\n"
                                              "$groups[g].lr = %s;\n", row->first));
    else
        plain_print(p, "$groups[g].lr = rate_$number(&$rates.schedulers[$number], &$groups[g], "
                       "$rates.schedulers[$number].base[g], 0);\n");
    plain_print(p, "}\n");
}

/* Where OneCycleLR is told of fewer steps than the run has. */
static void print_total_check(Plain *p)
{
    const Train *train = p->program->train;
    plain_print(p, arena_printf(p->arena, "if (%d.0 * %s > $total) {\n"
                                          "fprintf(stderr, \"OneCycleLR has fewer steps than the run\\n\");\n"
                                          "exit(1);\n"
                                          "}\n",
                                train->epochs, train->every_batch ? "rates.updates_per_epoch" : "1"));
}

/* Makes all of them, as torch does. */
static void print_starts(Plain *p, const Scheduler *s)
{
    const Train *train = p->program->train;
    bool first = true;
    plain_forget(p);
    set_places(p);
    plain_set(p, "counts", "%s", takes_updates(s) ? "1" : "");
    plain_set(p, "batches", "%d", train->accumulate > 1 ? train->accumulate : 1);
    plain_print(p, "?library static void start_schedule($state)\n"
                   "!library static void start_schedule(int samples)\n"
                   "{\n"
                   "!library ?counts rates.updates_per_epoch = (batches_of(samples) + $batches - 1) / $batches;\n"
                   "!library !counts (void)samples;\n");
    for (int i = 0; i < child_count(s); i++) {
        const Scheduler *one = child(s, i);
        if (!scheduler_of(one)) {
            plain_print(p, is_most(one) ? "$rates.best = -HUGE_VAL;\n" : "$rates.best = HUGE_VAL;\n");
            continue;
        }
        print_start(p, one, i, first);
        first = false;
        if (!strcmp(one->kind->name, "OneCycleLR") && !p->library)
            print_total_check(p);
    }
    if (is_sequential(s)) {
        plain_print(p, "for (int g = 0; g < GROUPS; g++)\n"
                       "$groups[g].lr = $rates.initial_lr[g];\n"
                       "for (int i = 0; i < SCHEDULERS; i++)\n"
                       "$rates.schedulers[i].epoch--;\n"
                       "$rates.schedulers[0].steps = 0;\n"
                       "next_rates($t_and&$rates.schedulers[0], rate_0, 1);\n");
    }
    plain_print(p, "}\n\n");
}

static void print_next(Plain *p, int number)
{
    plain_set(p, "number", "%d", number);
    plain_print(p, "next_rates($t_and&$rates.schedulers[$number], rate_$number, 0);\n");
}

static void print_sequence(Plain *p, const Scheduler *s)
{
    const Arg *milestones = &s->args.at[1];
    plain_print(p, "$rates.epoch++;\n");
    for (int i = 1; i < s->children.count; i++) {
        plain_print(p, arena_printf(p->arena, "if ($rates.epoch == %.0f) {\n", milestones->list[i - 1]));
        print_restart(p, s->children.at[i], i);
        plain_print(p, "return;\n}\n");
    }
    for (int i = s->children.count - 1; i > 0; i--) {
        plain_print(p, arena_printf(p->arena, "if ($rates.epoch > %.0f) {\n", milestones->list[i - 1]));
        print_next(p, i);
        plain_print(p, "return;\n"
                       "}\n");
    }
    print_next(p, 0);
}

static void print_steps(Plain *p, const Scheduler *s)
{
    plain_forget(p);
    set_places(p);
    plain_print(p, "/* The scheduler's step. */\n"
                   "static void schedule($takes_metric)\n"
                   "{\n");
    bool looks = false;
    for (int i = 0; i < child_count(s); i++)
        looks = looks || !scheduler_of(child(s, i));
    if (!looks)
        plain_print(p, "(void)metric;\n");
    for (int i = 0; i < child_count(s) && !is_sequential(s); i++)
        if (scheduler_of(child(s, i)))
            print_next(p, i);
        else
            plain_print(p, arena_printf(p->arena, "plateau_%d($metric);\n", i));
    if (is_sequential(s))
        print_sequence(p, s);
    plain_print(p, "}\n\n");
}

/* Whether some are sequences of rates. */
static bool has_rates(const Scheduler *s)
{
    bool has = false;
    for (int i = 0; i < child_count(s); i++)
        has = has || scheduler_of(child(s, i));
    return has;
}

int64_t plain_print_rates(Plain *p)
{
    const Scheduler *s = p->program->train->scheduler;
    const int64_t groups = 1 + p->program->train->parts.count;
    if (!s)
        return 0;
    plain_forget(p);
    plain_set(p, "groups", "%" PRId64, groups);
    plain_set(p, "count", "%d", child_count(s));
    plain_set(p, "has_rates", "%s", has_rates(s) ? "1" : "");
    plain_set(p, "plateau", "%s", has_rates(s) ? "" : "1");
    plain_set(p, "sequence", "%s", is_sequential(s) ? "1" : "");
    plain_set(p, "counts", "%s", takes_updates(s) && !p->library ? "1" : "");
    plain_print(p, "enum { GROUPS = $groups, SCHEDULERS = $count };\n"
                   "\n"
                   "?has_rates /* What torch keeps of a scheduler. */\n"
                   "?has_rates struct scheduler {\n"
                   "?has_rates int epoch, steps;\n"
                   "?has_rates double base[GROUPS];\n"
                   "?has_rates };\n"
                   "?has_rates \n"
                   "/* Where the schedule of the learning rates is. */\n"
                   "struct rates {\n"
                   "?has_rates double initial_lr[GROUPS];\n"
                   "?has_rates struct scheduler schedulers[SCHEDULERS];\n"
                   "?plateau double best;\n"
                   "?plateau int bad, cooling;\n"
                   "?sequence int epoch;\n"
                   "?counts int updates_per_epoch;\n"
                   "};\n"
                   "\n");
    return (has_rates(s) ? 8 * groups + child_count(s) * (8 + 8 * groups) : 16) + 8;
}

void plain_print_schedule(Plain *p)
{
    const Scheduler *s = p->program->train->scheduler;
    if (!s)
        return;
    if (!p->library) {
        plain_print_rates(p);
        text_add(&p->t.text, "static struct rates rates;\n\n");
    }
    for (int i = 0; i < child_count(s); i++)
        (scheduler_of(child(s, i)) ? print_rate : print_plateau)(p, child(s, i), i);
    plain_forget(p);
    set_places(p);
    if (has_rates(s))
        plain_print(p, "typedef double rate_of(const struct scheduler *s, struct group *group, double base, "
                       "int initial);\n"
                       "\n"
                       "static void next_rates($takes_scheduler, rate_of *rate, int initial)\n"
                       "{\n"
                       "s->steps++;\n"
                       "s->epoch++;\n"
                       "for (int g = 0; g < GROUPS; g++)\n"
                       "$groups[g].lr = rate(s, &$groups[g], s->base[g], initial);\n"
                       "}\n"
                       "\n");
    print_starts(p, s);
    print_steps(p, s);
}
