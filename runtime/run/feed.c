/* feed.c: samples that need work before a model can take them, prepared batch by batch ahead of the steps.
 *
 * The main thread plans a batch: it draws all its random numbers, sample by sample, as torch's DataLoader does. Threads
 * then make the samples, in whatever order: so neither pictures nor their order depend on the threads. Without workers
 * a batch is planned when it is wanted, and made by the pool. Workers make batches while steps run; then batch k+1 is
 * planned before step k has drawn its dropout masks, though torch draws it after them. So whoever plans ahead draws the
 * masks too, in torch's order, and keeps them with the batch, with the generator as it stands behind it. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { WHY_ROOM = 1024 };

/* A batch on its way. Memory for `feed->unit` samples. */
struct entry {
    struct nc_fed fed;
    long long place;         /* of its first sample in the loader's order */
    unsigned char *plans;    /* [unit][preparation->plan_bytes] */
    unsigned char *slots;    /* [unit][slot_bytes] */
    struct nc_random after;  /* feed->ahead: the generator behind all that the batch draws */
    int next, end, left;     /* samples: not begun from here on; that this process makes end here; not finished */
    int failed;              /* the first one of those that could not be made, or -1 */
    char why[WHY_ROOM];
};

struct worker {
    pthread_t id;
    struct nc_feed *feed;
    int number; /* for preparation->make */
};

struct nc_feed {
    struct nc_run *run;
    struct nc_loader *loader;
    const struct nc_preparation *preparation;
    long long slot_bytes;
    int unit;               /* most samples of a batch here */
    int training;           /* steps draw masks for these batches */
    void (*share)(const struct nc_run *run, int count, int *first, int *end); /* which samples of a batch this process
                             * makes; NULL: all */
    int depth;              /* batches that there is memory for */
    struct entry *entries;  /* [depth]; batch k of the epoch is in k % depth */
    long long planned, taken; /* batches of this epoch */
    long long place, end;   /* the next sample to plan; those of an epoch */
    int ahead;              /* random numbers are drawn before their time: from `random`, and the masks with them */
    struct nc_random random;
    int worker_count;
    struct worker *workers;

    /* between the main thread and the workers: planned, taken and all of the entries that are not taken */
    pthread_mutex_t mutex;
    pthread_cond_t wake, done; /* there are samples to make; a batch is done */
    int stop;
};

/* ---- Making samples --------------------------------------------------------------------------------------------- */

static int make_sample(struct nc_feed *feed, struct entry *entry, int index, int worker, char *why)
{
    struct nc_data *data = feed->loader->data;
    return feed->preparation->make(data, feed->loader->order[entry->place + index],
                                   entry->plans + index * feed->preparation->plan_bytes, worker,
                                   entry->slots + index * feed->slot_bytes, why, WHY_ROOM);
}

/* Of several failures the first sample's is told, whichever thread was faster. */
static void note_failure(struct entry *entry, int index, const char *why)
{
    if (entry->failed >= 0 && entry->failed < index)
        return;
    entry->failed = index;
    memcpy(entry->why, why, WHY_ROOM);
}

/* Makes samples of `entry` until none is left to begin. The mutex is held before and after. */
static void make_samples(struct nc_feed *feed, struct entry *entry, int worker)
{
    char why[WHY_ROOM];
    while (entry->next < entry->end) {
        int index = entry->next++;
        pthread_mutex_unlock(&feed->mutex);
        int failed = !make_sample(feed, entry, index, worker, why);
        pthread_mutex_lock(&feed->mutex);
        if (failed)
            note_failure(entry, index, why);
        if (--entry->left == 0)
            pthread_cond_signal(&feed->done);
    }
}

/* The first batch with samples that nobody has begun; NULL: there is none. */
static struct entry *find_work(const struct nc_feed *feed)
{
    for (long long k = feed->taken; k < feed->planned; k++) {
        struct entry *entry = &feed->entries[k % feed->depth];
        if (entry->next < entry->end)
            return entry;
    }
    return NULL;
}

static void *worker_main(void *argument)
{
    struct worker *self = argument;
    struct nc_feed *feed = self->feed;
    pthread_mutex_lock(&feed->mutex);
    while (!feed->stop) {
        struct entry *entry = find_work(feed);
        if (entry != NULL)
            make_samples(feed, entry, self->number);
        else
            pthread_cond_wait(&feed->wake, &feed->mutex);
    }
    pthread_mutex_unlock(&feed->mutex);
    return NULL;
}

/* A batch with the pool's threads, `index` of which is one of them that helps. */
struct help {
    struct nc_feed *feed;
    struct entry *entry;
};

static void help_task(void *context, int index, int thread)
{
    const struct help *help = context;
    (void)index; /* whoever comes takes what is left */
    pthread_mutex_lock(&help->feed->mutex);
    make_samples(help->feed, help->entry, thread);
    pthread_mutex_unlock(&help->feed->mutex);
}

/* ---- Planning --------------------------------------------------------------------------------------------------- */

static void plan_batch(struct nc_feed *feed)
{
    struct entry *entry = &feed->entries[feed->planned % feed->depth];
    struct nc_random *random = feed->ahead ? &feed->random : &feed->run->random;
    entry->place = feed->place;
    int count = nc_loader_unit(feed->loader, feed->unit, feed->place);
    struct nc_why why;
    for (int i = 0; i < count; i++)
        if (!feed->preparation->plan(feed->loader->data, feed->loader->order[feed->place + i], random,
                                     entry->plans + i * feed->preparation->plan_bytes, &why))
            nc_fail(feed->run, why.hint, "%s", why.text);
    if (feed->ahead) {
        if (feed->training)
            nc_draw_dropout(feed->run->model, random, count, entry->fed.dropout);
        entry->after = *random;
    }
    feed->place += count;
    pthread_mutex_lock(&feed->mutex);
    entry->fed.count = count;
    entry->next = 0;
    entry->end = count;
    if (feed->share != NULL)
        feed->share(feed->run, count, &entry->next, &entry->end);
    entry->left = entry->end - entry->next;
    entry->failed = -1;
    feed->planned++;
    pthread_cond_broadcast(&feed->wake);
    pthread_mutex_unlock(&feed->mutex);
}

void nc_feed_begin(struct nc_feed *feed, long long place)
{
    if (feed == NULL)
        return;
    pthread_mutex_lock(&feed->mutex); /* batches that were planned and never taken are finished, not used */
    for (struct entry *entry; (entry = find_work(feed)) != NULL;)
        entry->left -= entry->end - entry->next, entry->next = entry->end;
    for (long long k = feed->taken; k < feed->planned; k++)
        while (feed->entries[k % feed->depth].left > 0)
            pthread_cond_wait(&feed->done, &feed->mutex);
    feed->planned = feed->taken = 0;
    pthread_mutex_unlock(&feed->mutex);
    feed->place = place;
    feed->end = nc_loader_samples(feed->loader);
    feed->random = feed->run->random;
}

const struct nc_fed *nc_feed_take(struct nc_feed *feed)
{
    struct entry *entry = &feed->entries[feed->taken % feed->depth];
    while (feed->planned - feed->taken < feed->depth && feed->place < feed->end)
        plan_batch(feed);
    struct help help = {feed, entry};
    nc_pool_run(feed->run->pool, nc_pool_threads(feed->run->pool), help_task, &help);
    pthread_mutex_lock(&feed->mutex);
    while (entry->left > 0)
        pthread_cond_wait(&feed->done, &feed->mutex);
    feed->taken++;
    pthread_mutex_unlock(&feed->mutex);
    if (entry->failed >= 0)
        nc_fail(feed->run, NULL, "%s", entry->why);
    if (feed->ahead)
        feed->run->random = entry->after;
    return &entry->fed;
}

void nc_feed_complete(struct nc_feed *feed)
{
    if (feed == NULL || feed->share == NULL)
        return;
    struct entry *entry = &feed->entries[(feed->taken - 1) % feed->depth];
    int first, end;
    char why[WHY_ROOM];
    feed->share(feed->run, entry->fed.count, &first, &end);
    for (int i = 0; i < entry->fed.count; i++)
        if ((i < first || i >= end) && !make_sample(feed, entry, i, 0, why))
            nc_fail(feed->run, NULL, "%s", why);
}

/* ---- Beginning and end ------------------------------------------------------------------------------------------- */

static void start_entry(struct nc_feed *feed, struct entry *entry)
{
    struct nc_run *run = feed->run;
    const struct nc_model *m = run->model;
    entry->plans = nc_memory(run, feed->unit, feed->preparation->plan_bytes, "the batches ahead");
    entry->slots = nc_memory(run, feed->unit, feed->slot_bytes, "the batches ahead");
    entry->fed.input = nc_memory(run, feed->unit, sizeof *entry->fed.input, "the batches ahead");
    for (int i = 0; i < feed->unit; i++)
        entry->fed.input[i] = entry->slots + i * feed->slot_bytes;
    if (!feed->ahead || !feed->training)
        return;
    entry->fed.dropout = nc_memory(run, m->dropout_count, sizeof *entry->fed.dropout, "dropout");
    for (int i = 0; i < m->dropout_count; i++)
        entry->fed.dropout[i] = nc_memory(run, nc_dropout_draws(&m->dropouts[i], feed->unit), 1, "dropout");
}

void nc_feed_share(struct nc_feed *feed, void (*share)(const struct nc_run *run, int count, int *first, int *end))
{
    if (feed != NULL)
        feed->share = share;
}

struct nc_feed *nc_feed_start(struct nc_loader *loader, struct nc_run *run, int unit, int first_worker)
{
    const struct nc_data *data = loader->data;
    if (data->preparation == NULL)
        return NULL;
    struct nc_feed *feed = nc_memory(run, 1, sizeof *feed, "the batches ahead");
    feed->run = run;
    feed->loader = loader;
    feed->preparation = data->preparation;
    feed->slot_bytes = (data->preparation->bytes + 63) / 64 * 64;
    feed->unit = unit;
    feed->training = loader == &run->train;
    feed->worker_count = (int)loader->num_workers.value;
    feed->depth = 1 + feed->worker_count * (int)loader->prefetch_factor.value;
    feed->ahead = feed->depth > 1 && feed->preparation->random;
    feed->entries = nc_memory(run, feed->depth, sizeof *feed->entries, "the batches ahead");
    for (int i = 0; i < feed->depth; i++)
        start_entry(feed, &feed->entries[i]);
    pthread_mutex_init(&feed->mutex, NULL);
    pthread_cond_init(&feed->wake, NULL);
    pthread_cond_init(&feed->done, NULL);
    feed->preparation->start(loader->data, first_worker + feed->worker_count);
    feed->workers = nc_memory(run, feed->worker_count, sizeof *feed->workers, "the workers");
    for (int i = 0; i < feed->worker_count; i++) {
        feed->workers[i] = (struct worker){.feed = feed, .number = first_worker + i};
        if (pthread_create(&feed->workers[i].id, NULL, worker_main, &feed->workers[i]) != 0)
            nc_fail(run, "ask for fewer with num_workers", "the system starts no more than %d of %d workers", i,
                    feed->worker_count);
    }
    return feed;
}

void nc_feed_stop(struct nc_feed *feed)
{
    if (feed == NULL)
        return;
    pthread_mutex_lock(&feed->mutex);
    feed->stop = 1;
    pthread_cond_broadcast(&feed->wake);
    pthread_mutex_unlock(&feed->mutex);
    for (int i = 0; i < feed->worker_count; i++)
        pthread_join(feed->workers[i].id, NULL);
    for (int i = 0; i < feed->depth; i++) {
        struct entry *entry = &feed->entries[i];
        for (int k = 0; entry->fed.dropout != NULL && k < feed->run->model->dropout_count; k++)
            free(entry->fed.dropout[k]);
        for (int k = 0; k < feed->unit; k++)
            feed->preparation->end_plan(feed->loader->data, entry->plans + k * feed->preparation->plan_bytes);
        free(entry->fed.dropout);
        free(entry->fed.input);
        free(entry->slots);
        free(entry->plans);
    }
    pthread_mutex_destroy(&feed->mutex);
    pthread_cond_destroy(&feed->wake);
    pthread_cond_destroy(&feed->done);
    free(feed->entries);
    free(feed->workers);
    free(feed);
}
