/* Options: netc's command line, checked. */
#ifndef NETC_OPTIONS_H
#define NETC_OPTIONS_H

#include <stdio.h>

#include "base/vec.h"
#include "driver.h"

typedef enum Command {
    COMMAND_RUN = 1 << 0,
    COMMAND_BUILD = 1 << 1,
    COMMAND_EMIT = 1 << 2,
    COMMAND_CHECK = 1 << 3,
    COMMAND_SUMMARY = 1 << 4,
    COMMAND_HELP = 1 << 5,
    COMMAND_DATA = 1 << 6,
    COMMAND_PREDICT = 1 << 7,
    COMMAND_IMPORT = 1 << 8,
    COMMAND_GRAPH = 1 << 9,
    COMMAND_REPORT = 1 << 10,
    COMMAND_EXPORT = 1 << 11,
} Command;

/* How the model's kernels come about where it runs in process: by libtcc alone; by the C compiler, for which the run
 * waits; or by both, one after the other (tier.h). */
typedef enum Tier { TIER_AUTO, TIER_JIT, TIER_CC } Tier;

typedef struct Options {
    Command command;
    const char *file;   /* the .net file; "-": standard input; of import what it reads */
    const char *input;  /* of import: the shape of a sample, or NULL */
    const char *output; /* -o; NULL: not given */
    const char *compiler, *march;
    const char *weights; /* of import: where to write an ONNX file's parameters, or NULL */
    const char *onnx;   /* of export: the file to write */
    bool external;      /* its parameters are to be in a file of their own */
    bool keep_c, verbose, plain, profile;
    bool whole; /* --static */
    bool mpi;   /* --mpi: the trainer's processes share a run */
    bool torch; /* summary --torch */
    bool fused, memory; /* of graph: what it draws in place of the model */
    const char *library; /* build --library: the name of it; NULL: not given */
    const char *wasm_compiler; /* of pages */
    const char *web;     /* build --web: the folder of the page; NULL: not given */
    const char *load, *prefix; /* of these and of export: the file of parameters; its names begin so */
    bool archive;        /* build --archive: the library is compiled */
    bool train;          /* build --train: the library trains too */
    bool embed;          /* they go into its text */
    const char *int8;    /* build --library: it computes in integers, by these data of the file; NULL: it does not */
    const char *data;    /* the folder of these; NULL: as the file says */
    bool gradients; /* run FILE.net gradients */
    bool accuracy;  /* run FILE.net accuracy */
    const Target *target;
    Tier tier;
    Step dump; /* STEP_NONE: not given */
    VEC(const char *) given; /* names of the options */
    VEC(Override) overrides;
    VEC(const char *) runs; /* of report: folders of logs, or tables of scalars */
    VEC(const char *) trainer; /* what `netc run` hands on to the training program, after its name */
} Options;

/* Reads the command line. True: go on. False: end with *status (0 after --help or --version, 2 after saying what is
 * wrong with the command line). */
bool options_parse(Arena *arena, Options *options, int argc, char **argv, int *status);

#endif
