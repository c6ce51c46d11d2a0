/* What the parts of model_build share. */
#ifndef NETC_MODEL_BUILD_H
#define NETC_MODEL_BUILD_H

#include "model/model.h"
#include "syntax/tree.h"

/* A named constant. */
typedef struct Let {
    const char *name;
    Constant value;
} Let;

/* A value that the command line gives: --set path=text. */
typedef struct Setting {
    const char *path, *text;
    const Source *source; /* of `text`, for messages */
    bool used;
} Setting;

/* A model, and whether its shapes are known all through. */
typedef struct NetworkEntry {
    Network *network;
    bool known;
} NetworkEntry;

/* A data set, what one sample of it is after its transforms, and whether that is known. */
typedef struct DataEntry {
    Data *data;
    Shape sample;
    int classes;
    bool known;
} DataEntry;

typedef struct Build {
    Arena *arena;
    Diag *diag;
    Program *program;
    bool partial; /* statements could not be read, or are refused: what is missing may only be unread */
    VEC(Let) lets;
    VEC(NetworkEntry) networks;
    VEC(DataEntry) data;
    VEC(Setting) settings;
    VEC(const char *) paths; /* every path that --set may name */
    VEC(Name) names;         /* of everything that the file defines */
} Build;

/* The value of a constant expression. Mistakes are reported; the value is BROKEN then. */
Constant evaluate(Build *build, const Syntax *syntax);

/* The command line's value for `path`, or NULL. Every path asked for is one that --set may name. `text`: bare words are
 * strings. The span is of the value. */
const Constant *setting_value(Build *build, const char *path, bool text, Span *span);

/* Binds the arguments of a call to a signature. `path` is what --set calls the whole ("train.optimizer"); with
 * `is_first` the first parameter is named by `path` itself. */
bool bind_arguments(Build *build, const char *name, const Param *params, const Syntax *const *arguments, int count,
                    Span call, const char *path, bool is_first, Args *args);

/* The name of a noun without the module that Python writes before it: "nn.Conv2d" is "Conv2d". */
const char *bare_name(const char *name);

/* The most statements of a file. */
enum { MAX_STATEMENTS = 10000 };

/* Reports that `what` ("layer") has no kind of this name; `names` are those there are. */
void report_no_kind(Build *build, const char *what, const char *name, Span span, const char *const *names, int count);

/* Reports a name that is defined twice in the file, and remembers it. */
void define_name(Build *build, Name name);

/* The statements. */
void build_network(Build *build, const Syntax *syntax);
void build_data(Build *build, const Syntax *syntax);
void build_train(Build *build, const Syntax *syntax);

#endif
