/* Import: a model of PyTorch's, as a file holds the whole of it or as print(model) shows it, becomes the text of a
 * .net file; and so does an ONNX file (onnx.h).
 *
 * Either is read into a draft first: a model statement with all arguments as they are there, and the class in front of
 * each pair of braces (`features: Sequential {`), which is no program yet but parses as one. Its tree is bound to the
 * vocabulary, its shapes are inferred from the input's, and it is written anew, without what is so by default. */
#ifndef NETC_IMPORT_H
#define NETC_IMPORT_H

#include "base/text.h"
#include "base/vec.h"
#include "vocabulary/vocabulary.h"

typedef struct Import {
    Arena *arena;
    Diag *diag;         /* of the draft */
    const char *path;   /* of what is read */
    const char *weights; /* of an ONNX file: where to write its parameters; or NULL */
    const char *input;  /* the shape of a sample, "3,32,32", or NULL: what the layers say of it */
    const char *class;  /* of the whole: "torchvision.models.vgg.VGG" */
    Text draft;
    VEC(const char *) refused; /* classes that were reported */
    bool has_parameters; /* the file holds them too */
} Import;

/* The text for the file at `path`. `input` and `weights`: as of Import. False when there is none: why has been printed
 * to stderr. */
bool import_model(Arena *arena, const char *path, const char *input, const char *weights, const char **text);

/* The drafts (pickle.c, printed.c). */
bool import_is_printed(const char *bytes, size_t length);
void import_pickle(Import *import);
void import_printed(Import *import, const char *bytes, size_t length);

/* Ends the program with what is wrong with the file. `hint`: what to do, or NULL. */
_Noreturn void import_fail(const Import *import, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a line to the draft for a child in `depth` pairs of braces; its name is `name` or, where that is the number of
 * its place among its siblings, none. Ends the program where a name can be none in a .net file. */
void import_child(Import *import, int depth, const char *name, size_t length, int place);

/* The classes whose forward is known: they apply their children in order. */
bool import_is_sequence(const char *class);

/* ---- Fitting (fit.c) -------------------------------------------------------------------------------------- */

/* A module of the draft, bound. */
typedef struct Node {
    const char *name;
    const char *class;     /* of braces: "Sequential" */
    const LayerKind *kind; /* of a layer */
    Args args;
    Span span, name_span;
    VEC(struct Node *) children;
    bool flattens;         /* what comes to it is to be flattened first */
    Layer *layer;          /* as its input's shape makes it */
} Node;

/* Finds the shape of the input, and all others; puts flattening in where only that fits and the class's own forward may
 * have it. False after reporting. */
bool import_fit(Import *import, Node *root, Shape *input);

#endif
