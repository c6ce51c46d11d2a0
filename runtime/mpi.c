/* mpi.c: the engine of a run of many processes, by MPI. `netc build --mpi` compiles it with mpicc and links it with the
 * trainer. Only the main thread calls MPI. Errors are fatal in MPI itself, which names them and ends all ranks. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* processors that a process is bound to */
#endif
#include <limits.h>
#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine.h"

enum {
    PIECE = 1 << 30, /* bytes of a call: MPI counts them in an int */
    LOOKS = 200,     /* at what is under way, before other programs on this core get a turn each time; */
    TURNS = 500,     /* of them, before this one sleeps in between */
    STREAM = 0, SAMPLES = 1, /* tags of messages: their order is that of each by itself */
};

static int self, ranks; /* this rank, and how many there are */
static char name[MPI_MAX_LIBRARY_VERSION_STRING] = "MPI";

/* What is under way: a request for each piece. A number for `wait` is that of a transfer. */
struct transfer {
    MPI_Request *requests; /* [room] */
    int room, count, open;
    int *numbers; /* [2][ranks], of a gather: how many bytes each has, and where they begin */
};

static struct transfer *transfers;
static int transfer_count;

/* Types of samples. */
static struct sample_type {
    struct nc_form form;
    MPI_Datatype type;
} *types;
static int type_count;

static void *grown(void *memory, size_t bytes)
{
    memory = realloc(memory, bytes);
    if (memory == NULL) {
        fputs("MPI: there is no memory for what is under way\n", stderr);
        exit(1);
    }
    return memory;
}

/* The library's first words: "Open MPI v4.1.4", "MPICH Version: 4.0.2". */
static void find_name(void)
{
    int length;
    MPI_Get_library_version(name, &length);
    name[strcspn(name, ",\n")] = '\0';
    for (char *c = name; *c != '\0'; c++)
        if (*c == '\t')
            *c = ' ';
}

/* A program that exits without nc_mpi.end has failed. The launcher may not end the other ranks by itself. MPICH's
 * passes on what a rank said through a pipe, and may leave unread what is in it when one aborts: it gets a moment. */
static void abort_others(void)
{
    int ended = 1;
    MPI_Finalized(&ended);
    if (ended)
        return;
    nanosleep(&(struct timespec){.tv_nsec = 200 * 1000 * 1000}, NULL);
    MPI_Abort(MPI_COMM_WORLD, 1);
}

static void begin(int *rank, int *count)
{
    int provided;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided);
    if (provided < MPI_THREAD_FUNNELED) {
        fputs("MPI: this library was built without threads, which a trainer has\n", stderr);
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    find_name();
    MPI_Comm_rank(MPI_COMM_WORLD, &self);
    MPI_Comm_size(MPI_COMM_WORLD, count);
    ranks = *count;
    *rank = self;
    atexit(abort_others);
}

/* Where launchers bind processes, each has cores of its own. Where they don't, all on a machine may use the same ones,
 * and share them. */
static int cores(void)
{
    MPI_Comm machine;
    cpu_set_t own, all;
    int count[2] = {0, 0};
    if (sched_getaffinity(0, sizeof own, &own) != 0)
        return 0;
    count[0] = CPU_COUNT(&own);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine);
    MPI_Allreduce(&own, &all, sizeof own, MPI_BYTE, MPI_BOR, machine);
    MPI_Allreduce(&count[0], &count[1], 1, MPI_INT, MPI_SUM, machine);
    MPI_Comm_free(&machine);
    const int share = (int)((long long)count[0] * CPU_COUNT(&all) / count[1]);
    return share > 0 ? share : 1;
}

/* Waits as the runtime's threads do. MPI's own waiting keeps the core: where there are more processes than cores, the
 * one that is waited for would get none. */
static void complete(MPI_Request *request)
{
    int done = 0;
    for (int looks = 0; !done; looks++) {
        if (looks > LOOKS + TURNS)
            nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
        else if (looks > LOOKS)
            sched_yield();
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
    }
}

static int piece_at(long long at, long long bytes)
{
    return bytes - at < PIECE ? (int)(bytes - at) : PIECE;
}

static void give(void *memory, long long bytes)
{
    MPI_Request request;
    for (long long at = 0; at < bytes; at += PIECE) {
        MPI_Ibcast((char *)memory + at, piece_at(at, bytes), MPI_BYTE, 0, MPI_COMM_WORLD, &request);
        complete(&request);
    }
}

static int pieces(long long bytes)
{
    return (int)((bytes + PIECE - 1) / PIECE);
}

/* A transfer that is not under way, with room for so many requests. */
static int new_transfer(int count)
{
    int number = 0;
    while (number < transfer_count && transfers[number].open)
        number++;
    if (number == transfer_count) {
        transfers = grown(transfers, (size_t)++transfer_count * sizeof *transfers);
        transfers[number] = (struct transfer){0};
    }
    struct transfer *t = &transfers[number];
    if (count > t->room)
        t->requests = grown(t->requests, (size_t)(t->room = count) * sizeof *t->requests);
    t->count = count;
    t->open = 1;
    return number;
}

/* More bytes than MPI counts: each rank's by themselves. */
static int gather_large(char *memory, const long long *at)
{
    int count = 0;
    for (int rank = 0; rank < ranks; rank++)
        count += pieces(at[rank + 1] - at[rank]);
    const int number = new_transfer(count);
    MPI_Request *request = transfers[number].requests;
    for (int rank = 0; rank < ranks; rank++)
        for (long long from = at[rank]; from < at[rank + 1]; from += PIECE)
            MPI_Ibcast(memory + from, piece_at(from, at[rank + 1]), MPI_BYTE, rank, MPI_COMM_WORLD, request++);
    return number;
}

/* Of each rank so many of a type, side by side. */
static int gather_of_type(void *memory, const long long *at, MPI_Datatype type)
{
    const int number = new_transfer(1);
    struct transfer *t = &transfers[number];
    if (t->numbers == NULL) /* they must stand until the end */
        t->numbers = grown(NULL, 2 * (size_t)ranks * sizeof *t->numbers);
    for (int rank = 0; rank < ranks; rank++) {
        t->numbers[rank] = (int)(at[rank + 1] - at[rank]);
        t->numbers[ranks + rank] = (int)(at[rank] - at[0]);
    }
    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, memory, t->numbers, t->numbers + ranks, type, MPI_COMM_WORLD,
                    t->requests);
    return number;
}

static int gather(void *memory, const long long *at)
{
    if (at[ranks] - at[0] > INT_MAX)
        return gather_large(memory, at);
    return gather_of_type((char *)memory + at[0], at, MPI_BYTE);
}

/* The type of a sample of this form; types are kept. */
static MPI_Datatype type_of(const struct nc_form *form)
{
    for (int i = 0; i < type_count; i++)
        if (memcmp(&types[i].form, form, sizeof *form) == 0)
            return types[i].type;
    MPI_Datatype row, rows, type;
    MPI_Type_create_hvector((int)form->cols, (int)form->bytes, (MPI_Aint)form->col_step, MPI_BYTE, &row);
    MPI_Type_create_hvector((int)form->rows, 1, (MPI_Aint)form->row_step, row, &rows);
    MPI_Type_create_resized(rows, 0, (MPI_Aint)form->step, &type);
    MPI_Type_commit(&type);
    MPI_Type_free(&row);
    MPI_Type_free(&rows);
    types = grown(types, (size_t)++type_count * sizeof *types);
    types[type_count - 1].form = *form;
    types[type_count - 1].type = type;
    return type;
}

static int gather_samples(void *memory, const long long *at, const struct nc_form *form)
{
    return gather_of_type(memory, at, type_of(form));
}

/* The samples of a rank, by the form in which another one gets them. */
static void *samples_of(void *memory, const long long *at, int rank, long long from, const struct nc_form *form)
{
    return (char *)memory + from + at[rank] * form->step;
}

/* Each pair by itself, since each rank gets other bytes. */
static int spread_samples(void *memory, const long long *at, const long long *from, const struct nc_form *forms)
{
    const int number = new_transfer(2 * ranks), count = (int)(at[self + 1] - at[self]);
    MPI_Request *request = transfers[number].requests;
    for (int i = 1; i < ranks; i++) {
        const int other = (self + ranks - i) % ranks, others = (int)(at[other + 1] - at[other]);
        if (others > 0 && forms[self].bytes > 0)
            MPI_Irecv(samples_of(memory, at, other, from[self], &forms[self]), others, type_of(&forms[self]), other,
                      SAMPLES, MPI_COMM_WORLD, request++);
    }
    for (int i = 1; i < ranks; i++) {
        const int other = (self + i) % ranks;
        if (count > 0 && forms[other].bytes > 0)
            MPI_Isend(samples_of(memory, at, self, from[other], &forms[other]), count, type_of(&forms[other]), other,
                      SAMPLES, MPI_COMM_WORLD, request++);
    }
    transfers[number].count = (int)(request - transfers[number].requests);
    return number;
}

static int send_to(int to, const void *memory, long long bytes)
{
    const int number = new_transfer(pieces(bytes));
    for (long long at = 0, i = 0; at < bytes; at += PIECE, i++)
        MPI_Isend((const char *)memory + at, piece_at(at, bytes), MPI_BYTE, to, STREAM, MPI_COMM_WORLD,
                  &transfers[number].requests[i]);
    return number;
}

static int receive(int from, void *memory, long long bytes)
{
    const int number = new_transfer(pieces(bytes));
    for (long long at = 0, i = 0; at < bytes; at += PIECE, i++)
        MPI_Irecv((char *)memory + at, piece_at(at, bytes), MPI_BYTE, from, STREAM, MPI_COMM_WORLD,
                  &transfers[number].requests[i]);
    return number;
}

static void wait_for(int number)
{
    for (int i = 0; i < transfers[number].count; i++)
        complete(&transfers[number].requests[i]);
    transfers[number].open = 0;
}

static int done(int number)
{
    int all = 1;
    for (int i = 0; all && i < transfers[number].count; i++)
        MPI_Test(&transfers[number].requests[i], &all, MPI_STATUS_IGNORE);
    transfers[number].open = !all;
    return all;
}

static void go_on(void)
{
    int found;
    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &found, MPI_STATUS_IGNORE);
}

static void end(void)
{
    for (int i = 0; i < transfer_count; i++) {
        free(transfers[i].requests);
        free(transfers[i].numbers);
    }
    free(transfers);
    for (int i = 0; i < type_count; i++)
        MPI_Type_free(&types[i].type);
    free(types);
    MPI_Finalize();
}

const struct nc_engine nc_mpi = {
    .name = name, .begin = begin, .cores = cores, .give = give, .gather = gather, .gather_samples = gather_samples,
    .spread_samples = spread_samples, .send = send_to, .receive = receive, .wait = wait_for, .done = done,
    .go_on = go_on, .end = end,
};
