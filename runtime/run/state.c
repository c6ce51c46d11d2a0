/* state.c: the record that a checkpoint keeps beside the parameters, so that a resumed run gives the same bits as one
 * that was never stopped: counters, the generator, the order of the epoch under way, the optimizer's and the
 * scheduler's state, what `save` and `stop` have seen (which files of version 2 have not). Integers and floats are
 * little-endian; blocks are kept parameter by parameter in torch's order, since a block's layout is the compiler's
 * choice.
 *
 * One walk over the record writes it or reads it, so that the two cannot differ. */
#include <math.h>
#include <string.h>

#include "step/metric_names.h"
#include "step/schedule.h"
#include "system/endian.h"

enum {
    VERSION = 3, VERSION_WITHOUT_TAIL = 2,
    COUNTERS = 16, NAME = 32, PART_NUMBERS = 3, SCHEDULER_NUMBERS = 5, WATCH_NUMBERS = 4, SAVED_NUMBERS = 4,
    TAIL_NUMBERS = 4
};

/* A record being written, or read. */
struct record {
    unsigned char *write;
    const unsigned char *read; /* NULL: it is written */
};

/* ---- Its pieces -------------------------------------------------------------------------------------------------- */

static unsigned long long word(struct record *r, unsigned long long value, int bytes)
{
    if (r->read != NULL) {
        r->read += bytes;
        return nc_little(r->read - bytes, bytes);
    }
    nc_put_little(r->write, value, bytes);
    r->write += bytes;
    return value;
}

static void whole_number(struct record *r, long long *value)
{
    *value = (long long)word(r, (unsigned long long)*value, 8);
}

static void small_number(struct record *r, int *value)
{
    long long wide = *value;
    whole_number(r, &wide);
    *value = wide < -1 || wide > 1 << 30 ? -1 : (int)wide;
}

static void real_number(struct record *r, double *value)
{
    unsigned long long bits;
    memcpy(&bits, value, sizeof bits);
    bits = word(r, bits, 8);
    memcpy(value, &bits, sizeof bits);
}

static void name(struct record *r, const char *own, char found[NAME])
{
    char text[NAME] = "";
    strncpy(text, own, NAME - 1);
    for (int i = 0; i < NAME; i++)
        found[i] = (char)word(r, (unsigned char)text[i], 1);
    found[NAME - 1] = '\0';
}

static void one_float(struct record *r, float *value)
{
    unsigned bits;
    memcpy(&bits, value, sizeof bits);
    bits = (unsigned)word(r, bits, 4);
    if (r->read != NULL)
        memcpy(value, &bits, sizeof bits);
}

/* The numbers of a block, one for each element that is learned, or of all parameters. */
static void block(struct record *r, const struct nc_model *m, int all, float *floats)
{
    for (int i = 0; i < m->parameter_count; i++) {
        const struct nc_parameter *p = &m->parameters[i];
        struct nc_walk walk;
        long long count = all || p->kind == NC_LEARNED ? nc_parameter_elements(p) : 0; /* the others are in the file */
        nc_walk_start(&walk, p->axes, p->axis_count);
        for (long long j = 0; j < count; j++, nc_walk_next(&walk))
            one_float(r, &floats[p->offset + walk.offset]);
        if (all && p->kind == NC_COUNT) /* takes two places */
            one_float(r, &floats[p->offset + 1]);
    }
}

/* As block() has it. */
static long long block_bytes(const struct nc_model *m, int all)
{
    long long floats = 0;
    for (int i = 0; i < m->parameter_count; i++) {
        const struct nc_parameter *p = &m->parameters[i];
        floats += all || p->kind == NC_LEARNED ? nc_parameter_elements(p) : 0;
        floats += all && p->kind == NC_COUNT;
    }
    return 4 * floats;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static void count_one(struct nc_scheduler *s, void *context)
{
    (void)s;
    ++*(int *)context;
}

static int schedulers(const struct nc_run *run)
{
    int count = 0;
    nc_schedulers(run->scheduler, count_one, &count);
    return count;
}

static int arrays(const struct nc_run *run)
{
    int mask = 0;
    for (int i = 0; i < NC_MAX_ARRAYS; i++)
        mask |= (run->state[i] != NULL) << i;
    return mask | (run->lookahead.slow != NULL) << NC_MAX_ARRAYS;
}

static const char *magic(void)
{
    return "netc rs"; /* and its zero: 8 bytes */
}

static long long header_bytes(void)
{
    return 8 + 4 + 8 * COUNTERS + 4 * (624 + 1) + NAME;
}

long long nc_state_steps(const unsigned char start[NC_STATE_START], double *loss)
{
    enum { STEPS = 1, LOSS = 8 }; /* the places in the header */
    struct record steps = {.read = start + 12 + 8 * STEPS}, losses = {.read = start + 12 + 8 * LOSS};
    long long count = 0;
    if (memcmp(start, magic(), 8) != 0)
        return -1;
    whole_number(&steps, &count);
    if (loss != NULL)
        real_number(&losses, loss);
    return count >= 0 ? count : -1;
}

/* Without what version 3 added. */
static long long old_bytes(const struct nc_run *run)
{
    long long blocks = run->accumulated > 0;
    for (int i = 0; i < NC_MAX_ARRAYS; i++)
        blocks += run->state[i] != NULL;
    return header_bytes() + 8 * PART_NUMBERS * run->part_count + (8 * SCHEDULER_NUMBERS + NAME) * schedulers(run) +
           blocks * block_bytes(run->model, 0) + (run->lookahead.slow != NULL ? block_bytes(run->model, 1) : 0);
}

static long long tail_bytes(const struct nc_run *run, int saved, int restorable)
{
    return 2 * (NC_METRIC_NAME + 8 * WATCH_NUMBERS) + 8 * TAIL_NUMBERS + 8LL * SAVED_NUMBERS * saved +
           (restorable ? block_bytes(run->model, 1) : 0);
}

long long nc_state_bytes(const struct nc_run *run)
{
    return old_bytes(run) + tail_bytes(run, run->saved_count, run->restorable);
}

long long nc_state_capacity(const struct nc_run *run)
{
    struct nc_run most = *run;
    most.accumulated = run->whole != NULL;
    most.restorable = run->restore != NULL;
    most.saved_count = nc_keep_most(run);
    return nc_state_bytes(&most);
}

/* What a record was saved with, to be held against what the run has. */
struct header {
    long long samples;
    int parts, schedulers, arrays;
    char optimizer[NAME];
};

static void header(struct record *r, struct nc_run *run, struct nc_progress_state *at, struct header *h)
{
    long long order_seed = (long long)at->order_seed;
    whole_number(r, &run->epoch);
    whole_number(r, &run->steps);
    whole_number(r, &run->epoch_step);
    whole_number(r, &h->samples);
    small_number(r, &at->begun);
    whole_number(r, &order_seed);
    at->order_seed = (unsigned long long)order_seed;
    whole_number(r, &at->correct);
    whole_number(r, &at->seen);
    real_number(r, &at->loss);
    whole_number(r, &run->updates);
    small_number(r, &run->accumulated);
    small_number(r, &h->parts);
    small_number(r, &h->schedulers);
    small_number(r, &h->arrays);
    small_number(r, &run->random.has_normal);
    real_number(r, &run->random.normal);
    for (int i = 0; i < 624; i++)
        run->random.state[i] = (unsigned)word(r, run->random.state[i], 4);
    run->random.next = (int)(word(r, (unsigned)run->random.next, 4) & 0xffff);
    name(r, run->optimizer->name, h->optimizer);
}

/* Rates are the program's, or the command line's, unless a scheduler changes them. */
static void part(struct record *r, const struct nc_run *run, struct nc_part *p)
{
    double none = 0, lr = p->value[0];
    int momentum = run->optimizer->momentum;
    real_number(r, run->scheduler != NULL ? &p->value[0] : &lr);
    real_number(r, momentum >= 0 && nc_schedule_cycles(run) ? &p->value[momentum] : &none);
    real_number(r, &p->kept);
}

struct walk {
    struct record *record;
    int wrong; /* a scheduler of another kind */
};

static void scheduler(struct nc_scheduler *s, void *context)
{
    struct walk *walk = context;
    char found[NAME];
    name(walk->record, s->kind->name, found);
    walk->wrong |= strcmp(found, s->kind->name) != 0;
    whole_number(walk->record, &s->last_epoch);
    whole_number(walk->record, &s->steps);
    for (int i = 0; i < 3; i++)
        real_number(walk->record, &s->kept[i]);
}

/* Behind the header. Returns whether the schedulers are the run's. */
static int rest(struct record *r, struct nc_run *run)
{
    struct walk walk = {r, 0};
    for (int i = 0; i < run->part_count; i++)
        part(r, run, &run->parts[i]);
    nc_schedulers(run->scheduler, scheduler, &walk);
    for (int i = 0; i < NC_MAX_ARRAYS; i++)
        if (run->state[i] != NULL)
            block(r, run->model, 0, run->state[i]);
    if (run->accumulated > 0)
        block(r, run->model, 0, run->whole);
    if (run->lookahead.slow != NULL)
        block(r, run->model, 1, run->lookahead.slow);
    return !walk.wrong;
}

/* What was watched before counts for the same metric alone. */
static void watch(struct record *r, const struct nc_run *run, struct nc_watch *w)
{
    struct nc_watch found = *w;
    char name[NC_METRIC_NAME] = "";
    strncpy(name, w->name != NULL ? w->name : "", sizeof name - 1);
    for (size_t i = 0; i < sizeof name; i++)
        name[i] = (char)word(r, (unsigned char)name[i], 1);
    name[sizeof name - 1] = '\0';
    small_number(r, &found.most);
    real_number(r, &found.best);
    whole_number(r, &found.epoch);
    whole_number(r, &found.waited);
    const int good = found.epoch >= -1 && found.epoch < run->epoch && found.waited >= 0 &&
                     found.waited <= run->epoch && !isnan(found.best);
    if (r->read != NULL && w->name != NULL && strcmp(name, w->name) == 0 && found.most == w->most && good)
        *w = found;
}

static void saved(struct record *r, struct nc_saved *s)
{
    whole_number(r, &s->epoch);
    whole_number(r, &s->steps);
    real_number(r, &s->loss);
    small_number(r, &s->passing);
}

/* The list of files is of no use to a run that keeps all, or under other names. Returns whether all is as it can be;
 * `bytes`: how long it is when it is read. */
static int tail(struct record *r, struct nc_run *run, long long bytes)
{
    long long mark = (long long)nc_keep_mark(run), own = mark;
    int count = run->saved_count, restorable = run->restorable, restored = run->restored;
    if (r->read != NULL && bytes < tail_bytes(run, 0, 0))
        return 0;
    watch(r, run, &run->best);
    watch(r, run, &run->stop);
    whole_number(r, &mark);
    small_number(r, &count);
    small_number(r, &restorable);
    small_number(r, &restored);
    const int flags = restorable >= 0 && restorable <= 1 && restored >= 0 && restored <= restorable;
    if (r->read != NULL && (!flags || count < 0 || count > NC_MOST_SAVED + 3 ||
                            bytes != tail_bytes(run, count, restorable)))
        return 0;
    const int used = run->save_keep.given && mark == own;
    if (r->read != NULL && used)
        run->saved = nc_memory_grow(run, run->saved, count + nc_keep_most(run), sizeof *run->saved,
                                    "the list of checkpoints");
    for (int i = 0; i < count; i++) {
        struct nc_saved none = {0};
        saved(r, used ? &run->saved[i] : &none);
    }
    if (r->read != NULL) {
        run->saved_count = used ? count : 0;
        run->restorable = restorable;
        run->restored = restored;
        if (restorable && run->restore == NULL)
            run->restore = nc_memory(run, run->model->block, sizeof *run->restore, "the best parameters");
    }
    if (restorable)
        block(r, run->model, 1, run->restore);
    return 1;
}

void nc_state_pack(const struct nc_run *run, const struct nc_progress_state *at, unsigned char *to)
{
    struct nc_run copy = *run; /* a record that is written changes nothing */
    struct nc_progress_state copy_at = *at;
    struct record r = {.write = to};
    struct header h = {.samples = run->train.data->count, .parts = run->part_count, .schedulers = schedulers(run),
                       .arrays = arrays(run)};
    for (int i = 0; i < 8; i++)
        word(&r, (unsigned char)magic()[i], 1);
    word(&r, VERSION, 4);
    header(&r, &copy, &copy_at, &h);
    rest(&r, &copy);
    tail(&r, &copy, 0);
}

static void check_header(struct nc_run *run, const struct header *h, int old, long long bytes, const char *hint,
                         const char *path)
{
    if (run->epoch < 0 || run->steps < 0 || run->epoch_step < 0 || run->random.next > 624 || run->updates < 0 ||
        run->accumulated < 0)
        nc_fail(run, hint, "%s: the training state in this file is damaged", path);
    if (h->samples != run->train.data->count)
        nc_fail(run, hint, "%s was saved by a run over %lld training samples, but %s has %lld", path, h->samples,
                run->train.data->name, run->train.data->count);
    if (strcmp(h->optimizer, run->optimizer->name) != 0)
        nc_fail(run, hint, "%s was saved by a run with another optimizer than %s", path, run->optimizer->name);
    for (int i = 0; i < NC_MAX_ARRAYS; i++)
        if ((h->arrays ^ arrays(run)) >> i & 1)
            nc_fail(run, hint, "%s was saved by a run %s %s (%s), and this one is %s it", path,
                    h->arrays >> i & 1 ? "with" : "without", run->optimizer->arrays[i], run->optimizer->name,
                    h->arrays >> i & 1 ? "without" : "with");
    if ((h->arrays ^ arrays(run)) >> NC_MAX_ARRAYS & 1)
        nc_fail(run, hint, "%s was saved by a run %s 'lookahead', and this one is %s it", path,
                h->arrays >> NC_MAX_ARRAYS & 1 ? "with" : "without",
                h->arrays >> NC_MAX_ARRAYS & 1 ? "without" : "with");
    if (h->parts != run->part_count)
        nc_fail(run, hint, "%s was saved by a run whose optimizer has settings for %d parts, and this one for %d", path,
                h->parts, run->part_count);
    if (h->schedulers != schedulers(run))
        nc_fail(run, hint, "%s was saved by a run with another scheduler", path);
    if (run->accumulated > 0 && run->whole == NULL)
        nc_fail(run, hint, "%s was saved between two updates of several batches each: go on with the same accumulate",
                path);
    if (old ? bytes != old_bytes(run) : bytes < old_bytes(run))
        nc_fail(run, hint, "%s: the optimizer's state in this file is not this model's", path);
}

void nc_state_unpack(struct nc_run *run, struct nc_progress_state *at, const unsigned char *from, long long bytes,
                     const char *path)
{
    static const char *hint = "start from its parameters alone with --load";
    struct record r = {.read = from + 12};
    struct header h = {0};
    if (bytes < 12 || memcmp(from, magic(), 8) != 0)
        nc_fail(run, hint, "%s: the training state in this file is damaged", path);
    const int old = from[8] == VERSION_WITHOUT_TAIL;
    if (from[8] != VERSION && !old)
        nc_fail(run, hint, "%s: the training state in this file was written by another version of netc", path);
    if (bytes < header_bytes())
        nc_fail(run, hint, "%s: the training state in this file is damaged", path);
    header(&r, run, at, &h);
    check_header(run, &h, old, bytes, hint, path);
    if (!rest(&r, run))
        nc_fail(run, hint, "%s was saved by a run with another scheduler", path);
    if (!old && !tail(&r, run, from + bytes - r.read))
        nc_fail(run, hint, "%s: the training state in this file is damaged", path);
}
