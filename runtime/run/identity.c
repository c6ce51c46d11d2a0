/* identity.c: which run a checkpoint is of. Each run that saves where others have saved before gets a number, one more
 * than theirs: so --resume and predict find the newest run's files, even where an older run was longer. No clock and no
 * draw is in it: in a folder of its own every run is number 1. A run that learns by the same settings as the newest one
 * and has the same first loss makes the same files again, so it is that run, and has its number: the bytes stay. */
#include <string.h>

#include "system/digest.h"
#include "system/endian.h"
#include "core.h"
#include "step/schedule.h"

static void add_bytes(unsigned long long *mark, const void *bytes, size_t size)
{
    *mark = nc_digest(*mark, bytes, size);
}

static void add_text(unsigned long long *mark, const char *text)
{
    add_bytes(mark, text != NULL ? text : "", text != NULL ? strlen(text) + 1 : 1);
}

static void add_whole(unsigned long long *mark, long long number)
{
    add_bytes(mark, &number, sizeof number);
}

static void add_reals(unsigned long long *mark, const double *numbers, int count)
{
    add_bytes(mark, numbers, (size_t)count * sizeof *numbers);
}

static void add_scheduler(struct nc_scheduler *s, void *context)
{
    unsigned long long *mark = context;
    add_text(mark, s->kind->name);
    add_reals(mark, s->value, NC_MAX_SCHEDULER_VALUES);
    add_whole(mark, s->list_count);
    add_reals(mark, s->list, s->list_count);
}

/* How long the run is to go on does not tell it from others, nor what it saves and evaluates: with --resume that may
 * change. Data, model and first parameters are in the loss. */
void nc_identity_mark(struct nc_run *run, double first_loss)
{
    unsigned long long mark = NC_NO_BYTES;
    add_reals(&mark, &first_loss, 1);
    add_whole(&mark, run->seed.value);
    add_whole(&mark, run->train.batch_size);
    add_whole(&mark, run->train.shuffle.value);
    add_whole(&mark, run->train.drop_last.value);
    add_whole(&mark, run->accumulate.value);
    add_reals(&mark, &run->clip_norm.value, 1);
    add_reals(&mark, &run->clip_value.value, 1);
    if (run->lookahead.k > 0) {
        add_whole(&mark, run->lookahead.k);
        add_reals(&mark, (const double[]){run->lookahead.alpha, run->lookahead.power}, 2);
    }
    add_text(&mark, run->optimizer->name);
    for (int i = 0; i < run->part_count; i++) {
        add_text(&mark, run->parts[i].name);
        add_reals(&mark, run->parts[i].value, NC_MAX_VALUES);
    }
    for (int i = 0; i < run->model->parameter_count; i++)
        add_whole(&mark, run->model->parameters[i].kind);
    add_whole(&mark, run->scheduler_every);
    add_whole(&mark, run->scheduler_metric);
    nc_schedulers(run->scheduler, add_scheduler, &mark);
    run->identity.mark = mark;
}

void nc_identity_number(struct nc_run *run)
{
    const int same = run->there.number > 0 && run->there.mark == run->identity.mark;
    if (run->identity.number == 0)
        run->identity.number = run->there.number + !same;
}

/* A run that goes on from an older run's file is the newest one from then on. */
void nc_identity_resumed(struct nc_run *run, struct nc_identity of_file)
{
    const int newest = run->there.number == 0 ||
                       (of_file.number == run->there.number && of_file.mark == run->there.mark);
    run->identity = of_file;
    if (!newest)
        run->identity.number = 0;
}

void nc_identity_pack(const struct nc_run *run, unsigned char to[NC_IDENTITY_BYTES])
{
    nc_put_little(to, (unsigned long long)run->identity.number, 8);
    nc_put_little(to + 8, run->identity.mark, 8);
    nc_put_little(to + 16, (unsigned long long)run->steps, 8);
}

long long nc_identity_read(const unsigned char record[NC_IDENTITY_BYTES], struct nc_identity *identity)
{
    const unsigned long long number = nc_little(record, 8), steps = nc_little(record + 16, 8), most = 1ULL << 62;
    *identity = (struct nc_identity){0};
    if (number == 0 || number > most || steps > most)
        return -1;
    *identity = (struct nc_identity){(long long)number, nc_little(record + 8, 8)};
    return (long long)steps;
}
