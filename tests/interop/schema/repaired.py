"""The Alliance's OpenAPI file of OpenADR 3.1.0 with what contradicts itself taken out, so that a strict reader can hold a VTN to the rest of it.

Usage: repaired.py FILE.yaml ROLE >repaired.json, where ROLE is `business` or `ven`.

Each repair says what is wrong with the file. Nothing else of it is touched.
"""

import json
import sys

import yaml

# As published, one line of it is no YAML: `default: null` with a dash behind.
text = open(sys.argv[1]).read().replace("default: null          -", "default: null")
document = yaml.safe_load(text)
business = sys.argv[2] == "business"
schemas = document["components"]["schemas"]


def server_side(kind):
    """A ven or a resource of an answer must be both `VEN` and `BL_VEN_REQUEST` by its `objectType`: no object is. The request's own says
    nothing in an answer, and `clientID` and the rest of it stay."""
    request = json.loads(json.dumps(schemas[f"Bl{kind}Request"]))
    del request["properties"]["objectType"]
    request["required"].remove("objectType")
    schemas[f"{kind}AsAnswered"] = request
    schemas[kind.lower()]["allOf"] = [
        {"$ref": "#/components/schemas/objectMetadata"}, {"$ref": f"#/components/schemas/{kind}AsAnswered"}]


def own_requests(kind):
    """`BL_…_REQUEST` is for business logic and `VEN_…_REQUEST` for VENs (Definition, "Object Privacy"); the file lets either client send
    either."""
    name = f"{'Bl' if business else 'Ven'}{kind}Request"
    schemas[f"{kind.lower()}Request"] = {"$ref": f"#/components/schemas/{name}"}


for kind in ("Ven", "Resource"):
    server_side(kind)
    own_requests(kind)

# The discriminator of a program's descriptors names no schemas, so that a reader looks for one called EVENT_PAYLOAD_DESCRIPTOR.
del schemas["programRequest"]["properties"]["payloadDescriptors"]["items"]["discriminator"]

# The description of a program must have a URL, and may be no object at all: the type was left out.
schemas["programRequest"]["properties"]["programDescriptions"]["items"]["type"] = "object"

for path, operations in document["paths"].items():
    for method, operation in operations.items():
        if method not in ("get", "post", "put", "delete"):
            continue
        # The file asks for a body in its words and leaves it optional in its form.
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True
        responses = operation["responses"]
        # A client has one ven, and a name belongs to one object (Definition, "Object names"): 409 stands at every other POST and PUT.
        if method in ("post", "put") and "409" not in responses and path != "/auth/token":
            responses["409"] = responses["400"]
        # PUT /programs and GET /notifiers ask for a token, and alone have no 401.
        if operation.get("security"):
            responses.setdefault("401", responses.get("403", document["paths"]["/programs"]["get"]["responses"]["403"]))
        # What HTTP itself answers, whatever the operation: a body that is too long, of another type, or a path that is no text.
        if "requestBody" in operation:
            for status in ("413", "415"):
                responses.setdefault(status, responses["400"])

json.dump(document, sys.stdout, default=str)
