import random, pytest
from urllib.parse import quote
from tests.api.conftest import corpus
pytestmark=pytest.mark.django_db
from articles.api import *
from people.api import PersonViewSet
def test_fuzz(client, corpus):
    r=random.Random(3); bad={}
    vals=["","0","1","-1","x","%00","\x00","é","🌉","a"*600,"2024","2024-02-30","99999-01","0001","true","1e999","nan","inf","-inf","1"*400,"ruth-ashdown","ruth-ashdown,ruth-ashdowne",",",",,","'","\"","a OR b","-a","\"","((","*","NEAR/3","\ud7ff","a:b","relevance","-date","name","csv","json","uid","uid.","..","article..uid","fields","WyItbW9tZW50IiwwLDIwMjQwMzEyMDAwMCwzXQ","WyJuYW1lIiwwLCJhIiwzXQ","%ff","٢","direct","mixed direct","named","GB","en","en-GB","x-"]
    n=0; st={}
    for v in (ArticleViewSet,QuoteViewSet,SourceViewSet,StoryViewSet,PersonViewSet):
        names=[*v.filterset.base_filters,"cursor","page_size","count","format","fields","omit","zz","page"]
        for page in (f"/api/v1/{v.noun}/", f"/{v.noun}/"):
            for i in range(160):
                qs="&".join(f"{quote(r.choice(names),safe='!')}={quote(r.choice(vals))}" for _ in range(r.choice([1,1,2,3])))
                resp=client.get(page+"?"+qs)
                if resp.streaming: list(resp)
                st[resp.status_code]=st.get(resp.status_code,0)+1
                assert resp.status_code in (200,400),(page,qs,resp.status_code)
        for x in vals:
            resp=client.get(f"/api/v1/{v.noun}/{quote(x,safe='')}/"); assert resp.status_code in (200,404,301),(x,resp.status_code)
    print(st)
