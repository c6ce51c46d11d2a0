#include "syntax/report.h"

#include <string.h>

#include "base/character.h"

/* The text of a token, shortened where it is long. */
static const char *token_text(const Parse *parse, Span span)
{
    enum { LONGEST = 40 };
    int length = span.end - span.start;
    const char *text = arena_copy(parse->tree.arena, parse->source->text + span.start,
                                  (size_t)(length > LONGEST ? LONGEST : length));
    return length > LONGEST ? arena_printf(parse->tree.arena, "%s...", text) : text;
}

static bool one_of(const char *token, const char *const *set)
{
    for (; *set; set++)
        if (strcmp(token, *set) == 0)
            return true;
    return false;
}

/* "a value, ')' or ','" */
static const char *expectation_text(Arena *arena, const Expectation *expected, bool at_start)
{
    static const char *const operators[] = {"'+'", "'-'", "'*'", "'/'", "'%'", "'//'", "'**'", NULL};
    static const char *const starts[] = {"'+'",   "'-'",  "'('", "'['",        "True",
                                         "False", "None", "'_'", "a fraction", NULL};
    VEC(const char *) phrases = {0};
    if (at_start)
        return "'model', 'data', 'train', 'let', 'block' or 'import'";
    if (expected->value)
        vec_push(arena, phrases, "a value");
    else if (expected->name)
        vec_push(arena, phrases, "a name");
    else if (expected->string)
        vec_push(arena, phrases, "a string in quotes");
    bool colon = false;
    for (int i = 0; i < expected->others.count; i++)
        colon |= strcmp(expected->others.at[i], "':'") == 0;
    for (int i = 0; i < expected->others.count; i++) {
        const char *other = expected->others.at[i];
        if (colon && strcmp(other, "'{'") == 0)
            continue; /* few names have braces without a colon */
        if (expected->name && strcmp(other, "'repeat'") == 0)
            continue; /* a name all the same */
        if (!one_of(other, operators) && !(expected->value && one_of(other, starts)))
            vec_push(arena, phrases, other);
    }
    if (expected->line_end && !phrases.count)
        vec_push(arena, phrases, "the end of the line");
    const char *text = "";
    for (int i = 0; i < phrases.count; i++)
        text = arena_printf(arena, "%s%s%s", text, !i ? "" : i == phrases.count - 1 ? " or " : ", ", phrases.at[i]);
    return text;
}

/* The text of a line, from its first character that is no blank on. */
static const char *first_of_line(const Source *source, int line)
{
    const char *text = source->text + source->line_start[line - 1];
    return text + strspn(text, " \t");
}

static bool expects(const Expectation *expected, const char *token)
{
    bool found = false;
    for (int i = 0; i < expected->others.count; i++)
        found = found || strcmp(expected->others.at[i], token) == 0;
    return found;
}

/* Lines of a Python program, and what stands for them here. A line begins with the text, or (in braces) holds it. */
static const struct {
    const char *text;
    bool begins;
    const char *hint;
} python_lines[] = {
    {"import ", true, "; leave it out: what torch and torchvision have is known by its name"},
    {"from ", true, "; leave it out: what torch and torchvision have is known by its name"},
    {"class ", true, "; a model is no Python class here: model Net(3, 32, 32) { ... }"},
    {"def ", true, "; there is no forward(): layers are called in the order in which they stand"},
    {"super(", true, "; leave it out: layers stand in braces, and nothing else is to be done"},
    {"super().", true, "; leave it out: layers stand in braces, and nothing else is to be done"},
    {"return", true, "; leave it out: what the last layer gives is the model's output"},
    {"for ", true, "; there are no loops over epochs and batches: a train block has 'epochs 10', a body 'repeat 3 {'"},
    {"if ", true, "; leave it out: a file says what there is, and the command line what is done with it"},
    {"while ", true, "; there are no loops: a train block has 'epochs 10'"},
    {"with ", true, "; leave it out: 'test NAME' in a train block evaluates without gradients"},
    {"print(", true, "; leave it out: a run tells of losses and accuracies by itself"},
    {"torch.manual_seed(", false, "; the seed is a setting of a train block: seed 0"},
    {"torch.save(", false, "; saving is a setting of a train block: save \"net_{epoch}.pth\""},
    {"load_state_dict(", false, "; loading is a setting of a train block: load \"net.pth\""},
    {"torch.load(", false, "; loading is a setting of a train block: load \"net.pth\""},
    {"SummaryWriter(", false, "; logging is a setting of a train block: log \"logs\", every=100"},
    {".add_scalar(", false, "; logging is a setting of a train block: log \"logs\", every=100"},
    {".backward(", false, "; leave it out: 'netc run' makes the steps of training that a train block describes"},
    {".zero_grad(", false, "; leave it out: 'netc run' makes the steps of training that a train block describes"},
    {".step(", false, "; leave it out: 'netc run' makes the steps of training that a train block describes"},
    {".train(", false, "; leave it out: training and evaluation are told apart by themselves"},
    {".eval(", false, "; leave it out: training and evaluation are told apart by themselves"},
    {".cuda(", false, "; leave it out: 'device' of a train block says where it runs"},
    {".to(", false, "; leave it out: 'device' of a train block says where it runs"},
    {"torch.device(", false, "; where it runs is a setting of a train block: device cpu"},
    {"DataLoader(", false, "; batches are settings of a train block: data train_data, batch_size=64, shuffle=True"},
    {"lr_scheduler.", false, "; the scheduler is a setting of a train block: scheduler StepLR(step_size=5)"},
    {"optim.", false, "; the optimizer is a setting of a train block: optimizer SGD(lr=0.1)"},
    {"Loss(", false, "; the loss is a setting of a train block: loss CrossEntropyLoss()"},
    {"Compose(", false, "; a constant has 'let' before it: let transform = Compose([ToTensor()])"},
    {"datasets.", false, "; a data set has 'data' before its name: data train_data = CIFAR10(\"data\")"},
    {"Sequential(", false, "; a model is written model Net(3, 32, 32) { ... }, with the layers in braces"},
};

/* What stands here for the line of Python's at `line`; or NULL. */
static const char *python_hint(const char *line)
{
    size_t length = strcspn(line, "#\n");
    for (size_t i = 0; i < sizeof python_lines / sizeof *python_lines; i++) {
        const char *text = python_lines[i].text, *found = line;
        size_t of_text = strlen(text);
        while (!python_lines[i].begins && found + of_text < line + length && strncmp(found, text, of_text) != 0)
            found++;
        if (found + of_text <= line + length && strncmp(found, text, of_text) == 0)
            return python_lines[i].hint;
    }
    return NULL;
}

static const char *const string_prefixes[] = {"f", "r", "b", "u", NULL};

/* Words that other languages begin statements with. */
static const struct {
    const char *word, *hint;
} other_words[] = {
    {"const", "; a constant begins with 'let'"}, {"var", "; a constant begins with 'let'"},
    {"dataset", "; a data set begins with 'data'"}, {"fit", "; training begins with 'train'"},
    {"layer", "; layers to be used more than once begin with 'block'"},
    {"net", "; a model begins with 'model'"}, {"network", "; a model begins with 'model'"},
    {"test", "; 'test NAME' stands in a train block"},
};

/* "name = ..." */
static bool is_assignment(const char *line)
{
    const char *end = line + character_name_length(line, (int)strcspn(line, "\n"), false);
    const char *sign = end + strspn(end, " \t");
    return end > line && sign[0] == '=' && sign[1] != '=';
}

/* What is to be done where `token`, behind `before`, is what Python or another statement has there; or "". `line` is
 * the line's text. */
static const char *hint(const Expectation *expected, const char *token, const char *before, const char *line)
{
    bool body = expects(expected, "':'") && expects(expected, "'('"); /* a child or a layer */
    const char *python = expected->statement || body || strcmp(before, "import") == 0
                             ? python_hint(line) : NULL;
    bool of_x = strcmp(before, "x") == 0 || strcmp(before, "out") == 0;
    if (*token == '=' && body && !of_x)
        return "; a child's name stands before it with a colon: conv1: Conv2d(3, 16, 3)";
    if (python)
        return python;
    if (*token == '=' && body)
        return "; there is no x: each layer takes what the one before it gives";
    if (*token == '+' && (body || *before == ')'))
        return "; a sum of two branches is Residual { ... }";
    if (*token == '(' && *before == ')')
        return "; a layer is not called: it takes what the one before it gives";
    if (*token == ',' && body)
        return "; a layer or a transform has parentheses, empty ones too: ReLU()";
    if (*token == '=' && expected->value)
        return "; a setting has no '=' behind its name";
    if (*token == ':' && expected->value)
        return "; a setting has no ':' behind its name";
    if ((*token == '"' || *token == '\'') && one_of(before, string_prefixes))
        return "; a string has no letter in front, and {epoch} is filled in by itself";
    if (*token == '/' || *token == '"' || *token == '\'')
        return expected->statement ? "; a comment begins with #" : "";
    if ((*token == '{' || *token == '(') && strcmp(before, "train") == 0)
        return "; a train block has the name of its model: train Net { ... }";
    if (*token == '{' && expects(expected, "'('") && !expects(expected, "'='"))
        return "; parentheses stand before the braces, empty ones too: block Unit() { ... }";
    for (size_t i = 0; expected->statement && i < sizeof other_words / sizeof *other_words; i++)
        if (strcmp(token, other_words[i].word) == 0)
            return other_words[i].hint;
    if (expected->statement && is_assignment(line))
        return "; a constant has 'let' before its name, a data set 'data', a model 'model'";
    if (*token == '=' && strcmp(before, "model") == 0)
        return "; a model has a name, and the shape of its samples: model Net(3, 32, 32) { ... }";
    if (strcmp(before, "lambda") == 0)
        return "; functions are not read";
    if (strcmp(before, "freeze") == 0 && expects(expected, "':'"))
        return "; 'freeze' is a setting of a train block";
    if (*token == '*' && expected->name && expects(expected, "'{'"))
        return "; copies of layers are written repeat 3 { ... }";
    if (*token == '{' && expects(expected, "'='") && expects(expected, "'('"))
        return "; a model has the shape of its samples in front of its layers: (3, 32, 32)";
    return "";
}

/* The parser gives up on the statement: what follows is looked at again from the next one on. */
static void give_up(Parse *parse, bool opening)
{
    if (!parse->holding && parse->braces.count <= (opening ? 1 : 0))
        parse->skipping = true;
    parse->parens = 0;
}

void report_unexpected(Parse *parse, const Expectation *expected, Span span, const char *seen)
{
    Arena *arena = parse->tree.arena;
    bool at_start = expected->statement && !expected->name;
    const char *text = expectation_text(arena, expected, at_start);
    int line, last_line, column;
    source_position(parse->source, span.start, &line, &column);
    source_position(parse->source, parse->previous.end, &last_line, &column);
    bool follows = parse->previous.end > parse->previous.start;
    const char *after = follows ? arena_printf(arena, " after '%s'", token_text(parse, parse->previous)) : "";
    bool bare = expects(expected, "'('") && (expects(expected, "':'") || expects(expected, "'{'"));
    if (seen || (follows && line != last_line)) /* what is missing is missing where the line ends */
        diag_error(parse->tree.diag, (Span){parse->source, parse->previous.end, parse->previous.end},
                   "expected %s%s%s%s%s", text, after, seen ? " but got " : "", seen ? seen : "",
                   bare && follows ? "; a layer or a transform has parentheses, empty ones too: ReLU()" : "");
    else
        diag_error(parse->tree.diag, span, "expected %s%s but got '%s'%s", text, after, token_text(parse, span),
                   hint(expected, token_text(parse, span), follows ? token_text(parse, parse->previous) : "",
                        first_of_line(parse->source, line)));
    give_up(parse, parse->source->text[span.start] == '{');
}

void report_too_deep(Parse *parse, Span span)
{
    diag_error(parse->tree.diag, span, "program nests too deeply here");
    parse->skipping = true;
}

void report_open_brace(Parse *parse, Span brace, const char *before)
{
    diag_error(parse->tree.diag, brace, "brace '{' is never closed: expected '}' before %s", before);
}
