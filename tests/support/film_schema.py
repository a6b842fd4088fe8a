"""What `huren film` writes, held against `huren help film-schema`."""
import json
import subprocess

try:
    import jsonschema
except ImportError:
    jsonschema = None
    print("without python3-jsonschema (tools/packages.txt) the schema is not looked at")


class FilmSchema:
    def __init__(self, program):
        text = subprocess.run([program, "help", "film-schema"], check=True, capture_output=True).stdout
        self.schema = json.loads(text)
        self.validators = {}
        self.seen = set()
        if jsonschema:
            jsonschema.Draft202012Validator.check_schema(self.schema)

    def fault_of(self, command, value):
        """What is wrong with a value of that command; None."""
        if not jsonschema:
            return None
        if command not in self.validators:
            self.validators[command] = jsonschema.Draft202012Validator(
                {"$ref": f"#/$defs/{command}", "$defs": self.schema["$defs"]})
        self.seen.add(command)
        error = jsonschema.exceptions.best_match(self.validators[command].iter_errors(value))
        return error and f"{command}: {error.json_path}: {error.message[:200]}"

    def unseen(self):
        """Commands of which nothing was looked at."""
        if not jsonschema:
            return set()
        return {one["$ref"].rsplit("/", 1)[1] for one in self.schema["anyOf"]} - self.seen
