/* What the parts of model_build share. */
#ifndef NETC_MODEL_BUILD_H
#define NETC_MODEL_BUILD_H

#include "model/model.h"
#include "syntax/tree.h"

/* A named constant. */
typedef struct Let {
    const char *name;
    Constant value;
    const Syntax *transforms; /* of one that holds transforms: the call; constants in it are those before it */
} Let;

/* A block of the file. Its parameters take any constant. */
typedef struct Block {
    const Syntax *syntax;
    const Param *params;
    bool broken; /* its head is wrong, or it contains itself: reported; uses of it are silent */
} Block;

/* The values of a block's parameters, while a use of it is looked at. */
typedef struct Scope {
    VEC(Let) lets;
} Scope;

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
    bool pictures; /* no ToTensor has made floats of the bytes */
    bool replaced; /* something is made of it with other transforms */
    Span call;
} DataEntry;

typedef struct Build {
    Arena *arena;
    Diag *diag;
    Program *program;
    bool partial; /* statements could not be read, or are refused: what is missing may only be unread */
    VEC(Let) lets;
    VEC(Block *) blocks;
    const Scope *scope; /* NULL outside of blocks */
    VEC(NetworkEntry) networks;
    VEC(DataEntry) data;
    VEC(Setting) settings;
    VEC(const char *) paths; /* every path that --set may name */
    VEC(Name) names;         /* of everything that the file defines */
} Build;

/* The value of a constant expression. Mistakes are reported; the value is BROKEN then. */
Constant evaluate(Build *build, const Syntax *syntax);

/* Whether a name is one of a constant, of torchvision's, or of a data set. */
bool is_constant(const Build *build, const char *name);

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

/* The kind that a call names, among `kinds`: a table of the vocabulary, which ends with NULL and whose rows begin with
 * their names. NULL after reporting. */
const void *find_kind(Build *build, const char *what, const Syntax *call, const void *kinds);

/* Reports that `what` ("layer") has no kind of this name; `names` are those there are. */
void report_no_kind(Build *build, const char *what, const char *name, Span span, const char *const *names, int count);

/* Reports a name that is defined twice in the file, and remembers it. */
void define_name(Build *build, Name name);

/* Blocks (blocks.c). Their heads first; when all are known, their bodies: unknown names, blocks that use themselves. */
void build_block(Build *build, const Syntax *syntax);
void check_blocks(Build *build);
Block *find_block(const Build *build, const char *name);

/* Gives the parameters of a block the values of a call. NULL after reporting what does not fit. */
const Scope *bind_block(Build *build, const Block *block, const Syntax *call, const char *path);

/* "ConvUnit(channels=32, p=0.0)" */
const char *block_text(Arena *arena, const Block *block, const Scope *scope);

/* The layer with this name, or NULL. */
const LayerKind *find_layer(const char *name);

/* Parts of a body (body.c). Whether a name is the word Sequential; what is wrong with a name that is nothing at all. */
bool is_sequential(const char *name);
void report_no_layer(Build *build, const Syntax *call);

/* The call of a layer among the arguments of a Sequential; NULL after reporting that it is none. */
const Syntax *sequential_item(Build *build, const Syntax *argument);

/* Nested deeper, a model is refused: in braces, in blocks and in Sequentials, all counted. */
enum { MAX_NESTING = 500 };

/* Where a model's layers are added: the end of what is there so far. */
typedef struct Chain {
    Network *network;
    Layer *last;
    Shape shape;
    Span span;    /* where `shape` comes from */
    bool known;   /* `shape` is; after a mistake what follows is not looked at, as it would only repeat it */
    int visited;  /* items, each as often as it is repeated or its block is used */
    int depth;    /* of nesting */
    const struct Branch *branch; /* the innermost Residual at hand, or NULL */
} Chain;

/* A Residual whose branches are being added: all of them read what `input` gives (NULL: the model's input). */
typedef struct Branch {
    const Layer *input;
    const struct Branch *around;
} Branch;

/* Adds the layers of a body, whose children are named after `prefix`. */
void add_body(Build *build, Chain *chain, const Syntax *body, const char *prefix);

/* The statements. */
void build_network(Build *build, const Syntax *syntax);
void build_data(Build *build, const Syntax *syntax);

/* What the C calls a data set: its name where C allows it, else one that the file has not. */
const char *data_variable(Build *build, const char *name);

/* Whether a call makes a transform, or several. */
bool is_transform(const Syntax *call);

/* The constant of this name that holds transforms, or NULL. */
const Let *find_transforms(const Build *build, const char *name);

/* Adds the transforms of a body, whose arguments --set calls data.PATH.... */
void add_transforms(Build *build, DataEntry *entry, const Syntax *body, const char *path);

/* A view of the data sets that its first argument names, with the transforms of a body, or (NULL) with theirs. */
void build_view(Build *build, DataEntry *entry, const Syntax *body);

void check_data(Build *build); /* what can only be known when all of them are */
void build_train(Build *build, const Syntax *syntax);

/* Warns of constants and of parameters of blocks that nothing in a file without mistakes uses (unused.c). */
void warn_of_unused(Build *build, const Syntax *file);

#endif
