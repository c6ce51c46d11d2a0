/* Library: a trained model as C for other programs, NAME.h and NAME.c (docs/deploy.md).
 *
 *     netc build FILE.net --library NAME [--load W] [--embed] [--plain [--train]] [--archive] [-o FOLDER]
 *
 * Three things meet here: the forward pass, which the target prints (LibraryCore); the parameters and the names of the
 * classes, which the runtime reads as `predict` does (library_weights.c); and the frame around both, which is the same
 * for all targets (library_text.c). The outputs for a sample that the library makes up are recorded by compiling it
 * and calling it: its self-test compares with them. */
#ifndef NETC_LIBRARY_H
#define NETC_LIBRARY_H

#include "driver.h"
#include "options.h"

enum { MOST_RECORDED = 1000 };

typedef struct Library {
    const char *name;       /* what every name begins with: "lenet" */
    bool embed;             /* the parameters are in the text */
    const Program *program; /* the whole file's */
    const Network *network;
    LibraryCore *core;
    const TrainingCore *training; /* NULL: it does not train */
    const struct nc_model *model; /* compiled of core->model; NULL: there is none */
    const char *forward;    /* the text of the core */
    double multiply_adds;   /* that a sample takes */
    const float *weights;   /* [core->block] */
    float *drawn;           /* or NULL and the same, which the library is to draw itself */
    const char *weights_from; /* the file that had them */
    const char *const *classes; /* [class_count] names, or NULL */
    int class_count;        /* 0: outputs are no classes */
    const float *recorded;  /* what the self-test compares with: every so manyth output; NULL: not yet known */
    int recorded_count;
    int64_t recorded_step;
} Library;

/* Compiles nothing but the library's own text, to record its outputs, and writes the files. False after saying on
 * stderr what went wrong. */
bool library_build(const Compilation *c, const Options *options);

/* The library of a compilation, with no parameters yet. */
Library library_of(const Compilation *c, const char *name);

/* Whether samples are pictures of bytes, and all that is behind ToTensor is arithmetic: then there is NAME_prepare. */
bool library_prepares(const Library *library);

/* "Resize, CenterCrop": the data's transforms that the caller does, those in front of NAME_prepare where that is
 * called; "": none. */
const char *library_left_to_the_caller(Arena *arena, const Library *library, bool prepared);

/* Whether a name can begin those of a library; says why not. */
bool library_check_name(const char *name);

/* Sets the parameters and the classes, out of the file of --load, or else the best or the newest one that the run
 * saved. Where there is none, a library that trains draws its parameters once it is compiled (drawn), and for others
 * the program ends. False after saying on stderr what the compiler did not do. */
bool library_read_weights(Arena *arena, Library *library, const Options *options);

/* Whether NAME_predict goes by parameters in the text, and takes none. One that trains takes a state's as well. */
bool library_has_own(const Library *library);

/* NAME.h, and NAME.c. `whole`: as one text, with the header's in place of its include, and the parameters outside. */
const char *library_header(Arena *arena, const Library *library, bool embed);
const char *library_source(Arena *arena, const Library *library, bool whole);

/* A library as functions in this process, with memory for what they make. */
typedef struct LoadedLibrary {
    void *object; /* what dlsym takes */
    int (*predict)(const void *x, float *y, void *arena, const void *weights);
    void *arena;
    const void *weights;
    float *y; /* the outputs of the last sample */
} LoadedLibrary;

/* Compiles a library with -O2, or as `optimize` says. False after saying on stderr why not. */
bool library_load(Arena *arena, const Library *library, const Options *options, const char *optimize,
                  LoadedLibrary *loaded);

/* Takes a sample that the library may not refuse through it, to loaded->y. */
void library_answer(const LoadedLibrary *loaded, const void *x);

/* Adds a template, in which NAME is the library's name; and a constant of the header. */
void library_put(Text *out, const Library *library, const char *template);
void library_put_constant(Text *out, const Library *library, const char *name, int64_t value, const char *about);

/* Of a library that trains: the constants and the declarations in its header, and the functions (library_train.c). */
void library_put_training_constants(Text *out, const Library *library);
void library_put_training_declarations(Text *out, const Library *library);
void library_put_training(Text *out, const Library *library);

/* The file of parameters: what NAME_predict takes for `weights`. *bytes: its size. */
const unsigned char *library_weights_file(Arena *arena, const Library *library, int64_t *bytes);

#endif
