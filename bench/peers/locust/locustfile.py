"""The harness's kinds of load in Locust, with its faster client; the class is named on the command line, RATE and USERS by the environment."""
import os

from locust import FastHttpUser, constant, constant_pacing, constant_throughput, task


class Base(FastHttpUser):
    abstract = True

    @task
    def get(self):
        self.client.get("/")


class Loop(Base):
    wait_time = constant(0)


class Idle(Base):
    wait_time = constant_pacing(10)


class Paced(Base):
    wait_time = constant_throughput(float(os.environ["RATE"]) / float(os.environ["USERS"]))
