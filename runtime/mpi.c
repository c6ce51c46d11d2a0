/* mpi.c: the engine of a run of many processes, by MPI. `netc build --mpi` compiles it with mpicc and links it with the
 * trainer. Only the main thread calls MPI. Errors are fatal in MPI itself, which names them and ends all ranks. */
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
};

static int ranks;
static char name[MPI_MAX_LIBRARY_VERSION_STRING] = "MPI";

/* What is under way: a request for each piece. A number for `wait` is that of a transfer. */
struct transfer {
    MPI_Request *requests;
    int count, open;
};

static struct transfer *transfers;
static int transfer_count;

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

/* A program that exits without nc_mpi.end has failed. The launcher may not end the other ranks by itself. */
static void abort_others(void)
{
    int ended = 1;
    MPI_Finalized(&ended);
    if (!ended)
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
    MPI_Comm_rank(MPI_COMM_WORLD, rank);
    MPI_Comm_size(MPI_COMM_WORLD, count);
    ranks = *count;
    atexit(abort_others);
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

static void give_from(int rank, char *memory, long long bytes)
{
    MPI_Request request;
    for (long long at = 0; at < bytes; at += PIECE) {
        MPI_Ibcast(memory + at, piece_at(at, bytes), MPI_BYTE, rank, MPI_COMM_WORLD, &request);
        complete(&request);
    }
}

static void give(void *memory, long long bytes)
{
    give_from(0, memory, bytes);
}

static void gather(void *memory, const long long *at)
{
    static int *numbers; /* [2][ranks]: how many bytes, and where they begin */
    char *base = (char *)memory + at[0];
    if (at[ranks] - at[0] > INT_MAX) {
        for (int rank = 0; rank < ranks; rank++)
            give_from(rank, (char *)memory + at[rank], at[rank + 1] - at[rank]);
        return;
    }
    if (numbers == NULL)
        numbers = grown(NULL, 2 * (size_t)ranks * sizeof *numbers);
    for (int rank = 0; rank < ranks; rank++) {
        numbers[rank] = (int)(at[rank + 1] - at[rank]);
        numbers[ranks + rank] = (int)(at[rank] - at[0]);
    }
    MPI_Request request;
    MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, base, numbers, numbers + ranks, MPI_BYTE, MPI_COMM_WORLD,
                    &request);
    complete(&request);
}

/* A transfer that is not under way, with room for so many pieces. */
static int new_transfer(long long bytes)
{
    const int pieces = (int)((bytes + PIECE - 1) / PIECE);
    int number = 0;
    while (number < transfer_count && transfers[number].open)
        number++;
    if (number == transfer_count) {
        transfers = grown(transfers, (size_t)++transfer_count * sizeof *transfers);
        transfers[number] = (struct transfer){0};
    }
    struct transfer *t = &transfers[number];
    if (pieces > t->count)
        t->requests = grown(t->requests, (size_t)pieces * sizeof *t->requests);
    t->count = pieces;
    t->open = 1;
    return number;
}

static int send_to(int to, const void *memory, long long bytes)
{
    const int number = new_transfer(bytes);
    for (long long at = 0, i = 0; at < bytes; at += PIECE, i++)
        MPI_Isend((const char *)memory + at, piece_at(at, bytes), MPI_BYTE, to, 0, MPI_COMM_WORLD,
                  &transfers[number].requests[i]);
    return number;
}

static int receive(int from, void *memory, long long bytes)
{
    const int number = new_transfer(bytes);
    for (long long at = 0, i = 0; at < bytes; at += PIECE, i++)
        MPI_Irecv((char *)memory + at, piece_at(at, bytes), MPI_BYTE, from, 0, MPI_COMM_WORLD,
                  &transfers[number].requests[i]);
    return number;
}

static void wait_for(int number)
{
    for (int i = 0; i < transfers[number].count; i++)
        complete(&transfers[number].requests[i]);
    transfers[number].open = 0;
}

static void end(void)
{
    for (int i = 0; i < transfer_count; i++)
        free(transfers[i].requests);
    free(transfers);
    MPI_Finalize();
}

const struct nc_engine nc_mpi = {name, begin, gather, give, send_to, receive, wait_for, end};
